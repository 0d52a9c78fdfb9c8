//! What is sent, to whom and as whom: a JSON file.

use std::net::SocketAddr;
use std::path::Path;

use serde::Deserialize;

/// One request that is sent over and over, each time with a number and a signature of its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Where it goes.
    pub address: SocketAddr,
    /// The `Host` header.
    pub host: String,
    pub method: String,
    /// Path and query as they stand in the request line.
    pub target: String,
    /// What is signed in the place of `target`: for a route that checks nothing, and is sent the same head.
    #[serde(default)]
    pub signed_target: Option<String>,
    /// More lines of the head, by name and value.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    #[serde(default)]
    pub body: String,
    #[serde(default = "json")]
    pub content_type: String,
    /// Connections take them in turn. Without one nothing is signed.
    #[serde(default)]
    pub sessions: Vec<Session>,
}

/// A session that is open at the bridge. Its key is as secret as the file that it comes from.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    pub key_id: String,
    /// K, in hex.
    pub key: String,
    /// The first number that was not used yet.
    #[serde(default = "first")]
    pub next_number: u64,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "Session({})", self.key_id)
    }
}

fn json() -> String {
    "application/json".to_owned()
}

const fn first() -> u64 {
    1
}

impl Plan {
    /// Reads a plan; the error says what is amiss.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
        serde_json::from_str(&text)
            .map_err(|error| format!("{} is no plan: line {}", path.display(), error.line()))
    }
}

/// The bytes of a text in hex.
#[must_use]
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}
