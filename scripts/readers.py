"""Reads what is published as dashboards do, while it is published again and again.

DuckDB from PyPI, in the version that Metabase's driver bundles, holds the reporting file open
read-only: several processes, each with a pool of connections, ask every view in a loop. Meanwhile
the real programs import one more export at a time and publish, and now and then the views change.

    make readers                  20 publications
    make readers PUBLICATIONS=200

It fails when an answer is no state that was ever published, or older than one seen before, or given
for longer than STALE_SECONDS after the next one was there; when a question fails twice in a row; when a
view cannot be read in all its columns; or when a reader takes more memory than DuckDB was given. A question that a
publication cuts in two may fail once: each connection once a publication, and only while one is made or
STALE_SECONDS after it.
"""

import argparse
import json
import os
import pathlib
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import duckdb

CONNECTIONS = 3

# What DuckDB may take for the files that it read; whatever a reader takes beyond it would grow for ever.
MEMORY_LIMIT_MB = 64

# How long an old answer may be given after the next publication: what is being asked, and the views
# that an application looks for now and then.
STALE_SECONDS = 10

# Days, plays and time of one table: a mixture of two states of it fits none.
STATE = "select count(*), coalesce(sum(date_id), 0)::bigint, coalesce(sum(ms_listened), 0)::bigint from fct_track_played"


def memory_mb():
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1_000_000


class Reader:
    """One process with a pool of connections, as an application has them."""

    def __init__(self, data, found):
        self.data, self.found, self.done = data, found, threading.Event()
        self.counts = {"questions": 0, "cut in two": 0}
        self.lock = threading.Lock()

    def newest_views(self):
        files = self.data.glob("reporting/reporting-*.duckdb")
        return max(files, key=lambda file: file.stat().st_mtime_ns)

    def run(self):
        views = self.newest_views()
        database = self.open(views)
        # A dashboard moves on to new views when it is told to; here, soon after they appear.
        memory = []
        while not self.done.is_set():
            if self.newest_views() != views:
                database.close()
                views = self.newest_views()
                database = self.open(views)
            threads = [threading.Thread(target=self.ask_all, args=(database.cursor(),)) for _ in range(CONNECTIONS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            memory.append(memory_mb())
        quarters = [memory[(len(memory) - 1) * part // 4] for part in range(5)]
        self.found({"reader": os.getpid(), **self.counts, "memory_mb": quarters})

    def open(self, views):
        config = {"file_search_path": str(self.data), "threads": 2, "memory_limit": f"{MEMORY_LIMIT_MB}MB"}
        return duckdb.connect(str(views), read_only=True, config=config)

    def ask_all(self, connection):
        try:
            self.ask_each(connection)
        except Exception as error:
            # A thread that dies tells nobody.
            self.found({"problem": f"{type(error).__name__}: {error}"})

    def ask_each(self, connection):
        names = [row[0] for row in connection.execute("select view_name from duckdb_views() where not internal").fetchall()]
        for name in names:
            # Every column is read: to count rows is answered from the ends of files.
            self.ask(connection, f'select bit_xor(hash(rows)) from "{name}" as rows')
            began = time.time()
            answer = self.ask(connection, STATE)
            self.found({"state": answer, "asked": began, "who": f"{os.getpid()}-{threading.get_ident()}"})
            if self.done.is_set():
                return

    def ask(self, connection, question):
        with self.lock:
            self.counts["questions"] += 1
        try:
            return connection.execute(question).fetchone()
        except duckdb.IOException:
            with self.lock:
                self.counts["cut in two"] += 1
            self.found({"cut": time.time(), "who": f"{os.getpid()}-{threading.get_ident()}"})
            return connection.execute(question).fetchone()


def reader(data):
    """The process: it tells what it found in lines of JSON, and stops when its stdin is closed."""
    # Whoever reads gives way, or two hundred publications would take an hour.
    os.nice(10)
    lock = threading.Lock()

    def found(what):
        with lock:
            print(json.dumps(what), flush=True)

    one = Reader(pathlib.Path(data), found)
    threading.Thread(target=lambda: (sys.stdin.read(), one.done.set()), daemon=True).start()
    one.run()


class Publisher:
    """The programs, and a world of one listener whose exports arrive a few days at a time."""

    def __init__(self, programs, sql, folder):
        self.programs, self.folder, self.data, self.sql = programs, folder, folder / "data", folder / "sql"
        shutil.copytree(sql, self.sql)

    def run(self, program, *words):
        environment = {"DATA_DIR": str(self.data), "ENVIRONMENT": "testing", "LOG_LEVEL": "warn", "TIMEZONE": "UTC"}
        command = [self.programs / program, *words]
        return subprocess.run(command, env=environment, cwd=self.folder, check=True, capture_output=True, text=True).stdout

    def publish(self, number, of):
        day = number * 360 // of + 1
        until = time.strftime("%Y-%m-%d", time.gmtime(1_704_067_200 + day * 86_400))
        world = ["--plays", "8000", "--from", "2024-01-01", "--to", "2025-01-01", "--account", "me=Europe/Vienna"]
        self.run("simulator", "export", "--until", until, "--out", "export.zip", *world)
        self.began = time.time()
        self.run("ingest", "import", "export.zip", "--yes")
        os.remove(self.folder / "export.zip")
        self.run("transform", "--sql-dir", str(self.sql), "refresh")
        answer = self.run("transform", "query", "--format", "csv", STATE).splitlines()[1]
        return tuple(int(value) for value in answer.split(","))

    def change_views(self, number):
        """Another comment and another column: readers of the old views keep them."""
        model = self.sql / "4_reporting" / "rpt_streaks.sql"
        text = model.read_text()
        text = text.replace("-- columns:", f"-- columns:\n--   change_{number}  Change {number} of the views.", 1)
        head, last = text.rstrip().rsplit(" from ", 1)
        model.write_text(f"{head}, {number} as change_{number} from {last}\n")


def main():
    words = argparse.ArgumentParser()
    words.add_argument("--programs", type=pathlib.Path, required=True, help="the folder of the built programs")
    words.add_argument("--publications", type=int, default=20)
    words.add_argument("--readers", type=int, default=3)
    chosen = words.parse_args()
    programs, sql = chosen.programs.resolve(), pathlib.Path("sql").resolve()
    with tempfile.TemporaryDirectory(prefix="music-tracker-readers-") as folder:
        publisher = Publisher(programs, sql, pathlib.Path(folder))
        published, spans = [(publisher.publish(0, chosen.publications), time.time())], []
        command = [sys.executable, __file__, "--reader", str(publisher.data)]
        readers = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(chosen.readers)
        ]
        told = queue.Queue()
        listeners = [threading.Thread(target=lambda one=one: [told.put(line) for line in one.stdout]) for one in readers]
        for listener in listeners:
            listener.start()
        changes = {chosen.publications * part // 4 for part in (1, 2, 3)}
        for number in range(1, chosen.publications + 1):
            if number in changes:
                publisher.change_views(number)
            published.append((publisher.publish(number, chosen.publications), time.time()))
            spans.append((publisher.began, published[-1][1] + STALE_SECONDS))
            print(f"\r{number} of {chosen.publications} publications", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        for one in readers:
            one.stdin.close()
        for listener in listeners:
            listener.join()
        failed = [code for code in (one.wait() for one in readers) if code != 0]
        report(published, spans, [json.loads(line) for line in told.queue], failed)


def cuts_that_may_not_be(told, spans):
    """Questions that failed with no publication near, or more than one of each connection for each of them."""
    cuts = [one["cut"] for one in told if "cut" in one]
    far = [cut for cut in cuts if not any(began <= cut <= end for began, end in spans)]
    readers = sum(1 for one in told if "reader" in one)
    most = len(spans) * readers * CONNECTIONS
    problems = [f"{len(far)} questions failed while nothing was published"] if far else []
    return problems + ([f"{len(cuts)} questions were cut in two, {most} may be"] if len(cuts) > most else [])


def report(published, spans, told, failed):
    states = {state: number for number, (state, _) in enumerate(published)}
    newest, oldest_answer, problems = {}, 0.0, [f"a reader ended with {code}" for code in failed]
    problems += [one["problem"] for one in told if "problem" in one]
    problems += cuts_that_may_not_be(told, spans)
    answers = [one for one in told if "state" in one]
    for one in answers:
        number = states.get(tuple(one["state"]))
        if number is None:
            problems.append(f"an answer that was never published: {one['state']}")
            continue
        if number < newest.get(one["who"], 0):
            problems.append(f"{one['who']} went back from state {newest[one['who']]} to {number}")
        newest[one["who"]] = number
        if number + 1 < len(published):
            oldest_answer = max(oldest_answer, one["asked"] - published[number + 1][1])
    if oldest_answer > STALE_SECONDS:
        problems.append(f"an old state was answered {oldest_answer:.1f} s after the next one was there")
    readers = [one for one in told if "reader" in one]
    for one in readers:
        first, *_, last = one["memory_mb"]
        # Python, the libraries and the first round are in the first number.
        if last > first + 1.5 * MEMORY_LIMIT_MB:
            problems.append(f"the memory of {one['reader']} grew from {first} to {last} MB")
    seen = len(set(newest.values()) | {states.get(tuple(one["state"])) for one in answers})
    print(f"{len(published) - 1} publications, {sum(one['questions'] for one in readers)} questions of {len(readers)} processes")
    print(f"{seen} states were seen; {sum(one['cut in two'] for one in readers)} questions were cut in two and asked again")
    print(f"an old state was answered for at most {max(oldest_answer, 0):.1f} s after the next one was there")
    shown = ", ".join(" → ".join(str(mb) for mb in one["memory_mb"]) + " MB" for one in readers)
    print(f"memory of the readers, quarter by quarter: {shown} (DuckDB was given {MEMORY_LIMIT_MB} MB)")
    for problem in problems[:20]:
        print(f"problem: {problem}", file=sys.stderr)
    sys.exit(1 if problems or not answers else 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--reader"]:
        reader(sys.argv[2])
    else:
        main()
