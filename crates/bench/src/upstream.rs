//! The services that jobs talk to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use anyhow::Context;
use serde_json::Value;

use crate::ground::Ground;

/// The simulator as a child process, ended with its value.
pub(crate) struct Upstream {
    process: Child,
    said: Value,
}

impl Upstream {
    /// Starts it with these flags.
    pub(crate) fn start(ground: &Ground, flags: &[String]) -> anyhow::Result<Self> {
        let mut process = ground
            .program("simulator")
            .args(["serve", "--report", "json"])
            .args(flags)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(process.stdout.take().context("no output")?).read_line(&mut line)?;
        let said = serde_json::from_str(&line).with_context(|| format!("the simulator said {line:?}"))?;
        Ok(Self { process, said })
    }

    /// What it said about itself at the start.
    pub(crate) fn text(&self, pointer: &str) -> &str {
        self.said.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// How often an endpoint was asked.
    pub(crate) fn requests(&self, endpoint: &str) -> anyhow::Result<f64> {
        Ok(self.get("_control/requests")?[endpoint].as_f64().unwrap_or(0.0))
    }

    /// What it answers.
    pub(crate) fn get(&self, path: &str) -> anyhow::Result<Value> {
        let url = self.text("/accounts_base_url");
        let host = url.trim_start_matches("http://").trim_end_matches('/');
        let mut stream = TcpStream::connect(host)?;
        write!(stream, "GET /{path} HTTP/1.0\r\nhost: {host}\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let body = answer.split_once("\r\n\r\n").context("no body")?.1;
        Ok(serde_json::from_str(body)?)
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
