-- Spark's function names as DuckDB macros, so that a model is written once and runs on both.
-- Only names DuckDB does not have: a macro that hides a built-in breaks DuckDB's own rewrites.
create type if not exists timestamp_ntz as timestamp;
create or replace macro from_utc_timestamp(ts, tz) as timezone(tz, cast(ts as timestamptz));
create or replace macro to_utc_timestamp(ts, tz) as cast(timezone(tz, cast(ts as timestamp)) as timestamp);
create or replace macro unix_millis(ts) as epoch_ms(cast(ts as timestamptz));
create or replace macro unix_timestamp(ts) as (epoch_ms(cast(ts as timestamptz)) // 1000);
create or replace macro timestamp_millis(ms) as to_timestamp(ms / 1000.0);
create or replace macro unix_date(d) as cast(cast(d as date) - date '1970-01-01' as integer);
-- Only the use (hex, 16, 10) is the same on every engine.
create or replace macro conv(s, f, t) as cast(cast('0x' || s as bigint) as varchar);
create or replace macro sha2(s, bits) as sha256(s);
create or replace macro pmod(a, b) as (((a % b) + b) % b);
create or replace macro explode(l) as unnest(l);
create or replace macro size(l) as len(l);
create or replace macro collect_list(x) as list(x);
create or replace macro add_months(d, n) as cast(cast(d as date) + to_months(cast(n as integer)) as date);
create or replace macro try_divide(a, b) as (a / nullif(b, 0));
create or replace macro rlike(s, p) as regexp_matches(s, p);
create or replace macro startswith(s, p) as starts_with(s, p);
create or replace macro initcap(s) as list_aggregate(list_transform(string_split(lower(s), ' '), lambda w: upper(w[1:1]) || w[2:]), 'string_agg', ' ');
