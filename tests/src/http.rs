//! As much HTTP as stand-ins need.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use serde_json::Value;

/// A request that came.
#[derive(Debug, Clone)]
pub struct Request {
    /// Method and path with query.
    pub line: String,
    /// The `Authorization` header.
    pub authorization: String,
    /// Body.
    pub body: String,
}

/// One exchange with a port of this machine, on a connection of its own: status and body; none if there is no answer.
#[must_use]
pub fn exchange(port: u16, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Option<(u16, String)> {
    let lines = headers.iter().fold(String::new(), |lines, (name, value)| lines + name + ": " + value + "\r\n");
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n{lines}Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    Some((status, answer.split_once("\r\n\r\n")?.1.to_owned()))
}

/// A POST that must be answered.
///
/// # Panics
/// If there is no answer.
#[must_use]
pub fn post(port: u16, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    exchange(port, "POST", path, headers, body).unwrap_or_else(|| panic!("{path}: no answer"))
}

/// Serves every connection on a free port, each on a thread of its own, as long as the test process lives. Gives the address.
///
/// # Panics
/// If there is no port.
pub fn listen(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap_or_else(|error| panic!("no port: {error}"));
    let address = listener.local_addr().map(|address| address.to_string()).unwrap_or_default();
    let serve = Arc::new(serve);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = Arc::clone(&serve);
            std::thread::spawn(move || serve(stream));
        }
    });
    address
}

/// The next request on a connection; none if it ended.
pub fn read_request(reader: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let (mut authorization, mut length) = (String::new(), 0);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "authorization" => value.trim().clone_into(&mut authorization),
            "content-length" => length = value.trim().parse().ok()?,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request { line: line.trim_end().to_owned(), authorization, body: String::from_utf8_lossy(&body).into_owned() })
}

/// Sends an answer with a JSON body; `headers` are whole lines.
///
/// # Errors
/// If the connection broke.
pub fn answer(stream: &mut TcpStream, status: u16, headers: &str, body: &Value) -> std::io::Result<()> {
    let body = body.to_string();
    // In one piece: the second of two would wait for the other side's acknowledgement.
    let answer = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes())
}
