//! Whole runs of the command against a responder that answers as it is told.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use serde_json::{Value, json};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
const REPLAYED: &str = "HTTP/1.1 409 Conflict\r\nContent-Length: 19\r\n\r\n{\"code\":\"replayed\"}";
const LAST: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";

/// Listens, answers the requests of all connections with these in turn, and hands over what it was asked.
fn responder(answers: &'static [&'static str]) -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, told) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let tell = tell.clone();
            thread::spawn(move || serve(stream.unwrap(), answers, &tell));
        }
    });
    (address, told)
}

fn serve(stream: TcpStream, answers: &[&str], tell: &Sender<String>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut stream = stream;
    for answer in answers.iter().cycle() {
        let Some(request) = request(&mut reader) else {
            return;
        };
        if tell.send(request).is_err() || answer.is_empty() {
            return;
        }
        stream.write_all(answer.as_bytes()).unwrap();
        if answer.contains("close") {
            return;
        }
    }
}

fn request(reader: &mut BufReader<TcpStream>) -> Option<String> {
    let (mut text, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(value) = line.strip_prefix("Content-Length: ") {
            length = value.trim().parse().ok()?;
        }
        text += &line;
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(text + std::str::from_utf8(&body).ok()?)
}

fn run(address: SocketAddr, words: &[&str]) -> Value {
    let plan = json!({
        "address": address,
        "host": "127.0.0.1:8460",
        "method": "POST",
        "target": "/v1/edits?project=3",
        "body": "{\"a\":1}",
        "sessions": [{"key_id": "AQAAAAECAwQFBgcICQoLDA0ODw.00000000000000ab", "key": "07".repeat(32)}],
    });
    let path = std::env::temp_dir().join(format!("ceiling-{}-{}.json", std::process::id(), address.port()));
    std::fs::write(&path, plan.to_string()).unwrap();
    let ended = Command::new(env!("CARGO_BIN_EXE_ceiling")).arg(&path).args(words).output().unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    serde_json::from_slice(&ended.stdout).unwrap()
}

fn value<'a>(request: &'a str, name: &str) -> &'a str {
    request.split("\r\n").find_map(|line| line.strip_prefix(name)).unwrap()
}

#[test]
fn every_request_is_sent_once_with_a_number_of_its_own() {
    let (address, told) = responder(&[OK]);

    let report = run(address, &["--count", "500", "--connections", "8"]);

    assert_eq!((500, json!({})), (report["requests"].as_u64().unwrap(), report["errors"].clone()));
    let mut sent: Vec<_> = told.try_iter().collect();
    assert_eq!(500, sent.len());
    assert!(sent[0].ends_with("\r\n\r\n{\"a\":1}"));
    sent.sort_by_key(|each| value(each, "Signature: ").to_owned());
    sent.dedup_by_key(|each| value(each, "Signature: ").to_owned());
    assert_eq!(500, sent.len());
}

#[test]
fn what_is_refused_or_lost_is_counted_by_its_code_and_is_no_request() {
    let (address, _told) = responder(&[OK, REPLAYED, ""]);

    let report = run(address, &["--count", "90", "--connections", "1"]);

    assert_eq!(30, report["requests"]);
    assert_eq!(json!({"closed": 30, "replayed": 30}), report["errors"]);
}

#[test]
fn a_connection_that_the_answer_ends_is_opened_anew() {
    let (address, _told) = responder(&[LAST]);

    let report = run(address, &["--count", "50", "--connections", "4"]);

    assert_eq!((50, json!({})), (report["requests"].as_u64().unwrap(), report["errors"].clone()));
}

#[test]
fn with_a_rate_requests_are_spread_over_the_time() {
    let (address, _told) = responder(&[OK]);

    let report = run(address, &["--rate", "200", "--seconds", "1", "--connections", "4"]);

    let sent = report["requests"].as_u64().unwrap();
    assert!((190..=200).contains(&sent), "{sent}");
    assert!(report["seconds"].as_f64().unwrap() >= 1.0);
}
