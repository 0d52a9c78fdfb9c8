//! What the prelude builds Roblox's services from: each function answers with values, as an error of this program's
//! own would not look to a script like one of Roblox's.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use mlua::{Function, Lua, LuaString, MultiValue, Result, Table, Thread, Value};

use crate::clock::Clock;
use crate::http::{Answer, DEFAULT_TIMEOUT, Request};
use crate::scheduler::Scheduler;
use crate::{encoding, json};

/// What a script may not set: documented ones first, then those that users found.
const LOCKED_HEADERS: [&str; 11] = [
    "content-length",
    "user-agent",
    "roblox-id",
    "accept-encoding",
    "connection",
    "expect",
    "host",
    "via",
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
];
const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"];
const BLOCKED_PORT: u16 = 1194;
const FIRST_OPEN_PORT: u16 = 1024;

/// What the services share with the machine that runs the script.
pub struct Shared {
    pub clock: Rc<Clock>,
    pub scheduler: RefCell<Scheduler>,
    pub failed: Cell<bool>,
    pub exit: Cell<Option<u8>>,
}

/// The functions that the prelude is called with.
pub fn natives(lua: &Lua, shared: &Rc<Shared>) -> Result<Table> {
    let table = lua.create_table()?;
    of_time(lua, &table, shared)?;
    of_bytes(lua, &table)?;
    let held = Rc::clone(shared);
    table.set(
        "request",
        lua.create_function(move |_, (thread, options): (Thread, Table)| {
            Ok(match request(&options, "http") {
                Ok(request) => {
                    held.scheduler.borrow_mut().await_request(thread, move || request.send());
                    (true, None)
                }
                Err(sentence) => (false, Some(sentence)),
            })
        })?,
    )?;
    of_streams(lua, &table, shared)?;
    let held = Rc::clone(shared);
    table.set(
        "report",
        lua.create_function(move |_, sentence: LuaString| {
            eprintln!("{}", sentence.to_string_lossy());
            held.failed.set(true);
            Ok(())
        })?,
    )?;
    let held = Rc::clone(shared);
    table.set(
        "exit",
        lua.create_function(move |_, code: u8| {
            held.exit.set(Some(code));
            Ok(())
        })?,
    )?;
    table.set(
        "read",
        lua.create_function(|lua, path: String| match std::fs::read(&path) {
            Ok(bytes) => Ok((true, lua.create_string(bytes)?)),
            Err(error) => Ok((false, lua.create_string(format!("{path}: {error}"))?)),
        })?,
    )?;
    Ok(table)
}

fn of_streams(lua: &Lua, table: &Table, shared: &Rc<Shared>) -> Result<()> {
    let held = Rc::clone(shared);
    table.set(
        "openStream",
        lua.create_function(move |_, (options, listener): (Table, Function)| {
            Ok(match request(&options, "ws") {
                Ok(request) => (Some(held.scheduler.borrow_mut().open_stream(request, listener)), None),
                Err(sentence) => (None, Some(sentence)),
            })
        })?,
    )?;
    let held = Rc::clone(shared);
    table.set(
        "sendOnStream",
        lua.create_function(move |_, (id, data): (u64, LuaString)| {
            Ok(held.scheduler.borrow().send_on_stream(id, &data.as_bytes()))
        })?,
    )?;
    let held = Rc::clone(shared);
    table.set(
        "closeStream",
        lua.create_function(move |_, id: u64| {
            held.scheduler.borrow_mut().close_stream(id);
            Ok(())
        })?,
    )
}

fn of_time(lua: &Lua, table: &Table, shared: &Rc<Shared>) -> Result<()> {
    let held = Rc::clone(shared);
    table.set(
        "defer",
        lua.create_function(move |_, (thread, values): (Thread, MultiValue)| {
            held.scheduler.borrow_mut().defer(thread, values);
            Ok(())
        })?,
    )?;
    let held = Rc::clone(shared);
    table.set(
        "delay",
        lua.create_function(move |_, (seconds, thread, values): (f64, Thread, MultiValue)| {
            held.scheduler.borrow_mut().delay(seconds, thread, values);
            Ok(())
        })?,
    )?;
    let clock = Rc::clone(&shared.clock);
    table.set("elapsed", lua.create_function(move |_, ()| Ok(clock.elapsed()))?)?;
    let clock = Rc::clone(&shared.clock);
    table.set("unix", lua.create_function(move |_, ()| Ok(clock.unix()))?)?;
    let clock = Rc::clone(&shared.clock);
    table.set(
        "setUnix",
        lua.create_function(move |_, seconds: f64| {
            clock.set_unix(seconds);
            Ok(())
        })?,
    )
}

fn of_bytes(lua: &Lua, table: &Table) -> Result<()> {
    table.set(
        "hash",
        lua.create_function(|lua, (algorithm, data): (String, LuaString)| {
            encoding::hash(&algorithm, &data.as_bytes()).map(|digest| lua.create_string(digest)).transpose()
        })?,
    )?;
    table.set(
        "toBase64",
        lua.create_function(|lua, data: LuaString| lua.create_string(encoding::to_base64(&data.as_bytes())))?,
    )?;
    table.set(
        "fromBase64",
        lua.create_function(|lua, text: LuaString| {
            encoding::from_base64(&text.as_bytes()).map(|data| lua.create_string(data)).transpose()
        })?,
    )?;
    table.set("guid", lua.create_function(|_, ()| encoding::guid().map_err(mlua::Error::external))?)?;
    table.set(
        "jsonEncode",
        lua.create_function(|lua, value: Value| match json::encode(&value) {
            Ok(text) => Ok((true, lua.create_string(text)?)),
            Err(sentence) => Ok((false, lua.create_string(sentence)?)),
        })?,
    )?;
    table.set(
        "jsonDecode",
        lua.create_function(|lua, text: LuaString| {
            let value = json::decode(lua, &text.as_bytes());
            Ok((value.is_some(), value))
        })?,
    )
}

/// The table that `RequestAsync` gives back.
pub fn to_table(lua: &Lua, answer: Answer) -> Result<Table> {
    let headers = lua.create_table()?;
    for (name, value) in answer.headers {
        headers.set(name, value)?;
    }
    let table = lua.create_table()?;
    table.set("Success", (200..300).contains(&answer.status))?;
    table.set("StatusCode", answer.status)?;
    table.set("StatusMessage", answer.reason)?;
    table.set("Headers", headers)?;
    table.set("Body", lua.create_string(answer.body)?)?;
    Ok(table)
}

/// Check the options as Roblox does; an error is what the script is told.
fn request(options: &Table, scheme: &str) -> std::result::Result<Request, String> {
    let said = |error: mlua::Error| error.to_string();
    for pair in options.pairs::<String, Value>() {
        let (key, _) = pair.map_err(said)?;
        if !matches!(key.as_str(), "Url" | "Method" | "Headers" | "Body" | "Compress" | "Timeout") {
            return Err(format!("RequestAsync: {key} is not an option"));
        }
    }
    let url: String = options.get("Url").map_err(said)?;
    let method = options.get::<Option<String>>("Method").map_err(said)?.unwrap_or_else(|| "GET".to_owned());
    let body = options.get::<Option<LuaString>>("Body").map_err(said)?.map(|body| body.as_bytes().to_vec());
    if !METHODS.contains(&method.as_str()) {
        return Err(format!("{method} is not a method"));
    }
    if body.is_some() && matches!(method.as_str(), "GET" | "HEAD") {
        return Err(format!("{method} requests cannot have a body"));
    }
    let (authority, target) = apart(&url, scheme)?;
    let timeout = match options.get::<Option<u16>>("Timeout").map_err(said)? {
        None => DEFAULT_TIMEOUT,
        Some(seconds) if seconds > 0 && Duration::from_secs(seconds.into()) <= DEFAULT_TIMEOUT => {
            Duration::from_secs(seconds.into())
        }
        Some(seconds) => return Err(format!("Timeout cannot be {seconds}")),
    };
    let mut headers = Vec::new();
    if let Some(table) = options.get::<Option<Table>>("Headers").map_err(said)? {
        for pair in table.pairs::<String, LuaString>() {
            let (name, value) = pair.map_err(said)?;
            headers.push(header(name, value.as_bytes().to_vec())?);
        }
    }
    Ok(Request { method, authority, target, headers, body, timeout })
}

fn header(name: String, value: Vec<u8>) -> std::result::Result<(String, Vec<u8>), String> {
    if LOCKED_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
        return Err(format!("Header \"{name}\" is not allowed!"));
    }
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty()
        || !name.bytes().all(is_token)
        || value.iter().any(|byte| *byte < b' ' && *byte != b'\t')
    {
        return Err(format!("Header \"{name}\" has letters that no header may have"));
    }
    Ok((name, value))
}

fn apart(url: &str, scheme: &str) -> std::result::Result<(String, String), String> {
    let rest = url
        .strip_prefix(scheme)
        .and_then(|rest| rest.strip_prefix("://"))
        .ok_or_else(|| format!("{url}: only {scheme} is spoken here"))?;
    let at = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, target) = rest.split_at(at);
    let port = authority.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
    if port.is_some_and(|port| port == BLOCKED_PORT || port < FIRST_OPEN_PORT && port != 80 && port != 443) {
        return Err("HttpError: ERR_ACCESS_DENIED".to_owned());
    }
    if authority.is_empty() || target.bytes().any(|byte| byte <= b' ' || byte == 0x7f) {
        return Err("HttpError: InvalidUrl".to_owned());
    }
    let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
    Ok((authority.to_owned(), target))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(source: &str) -> std::result::Result<Request, String> {
        request(&Lua::new().load(source).eval().unwrap(), "http")
    }

    #[test]
    fn a_plain_request_is_taken_apart() {
        let request =
            told(r#"return {Url = "http://127.0.0.1:8460/a?b=c", Method = "POST", Body = "x"}"#).unwrap();

        assert_eq!(("127.0.0.1:8460", "/a?b=c"), (request.authority.as_str(), request.target.as_str()));
        assert_eq!((Some(b"x".to_vec()), DEFAULT_TIMEOUT), (request.body, request.timeout));
    }

    #[test]
    fn what_roblox_refuses_is_refused() {
        let url = r#"Url = "http://127.0.0.1:8460/""#;
        for options in [
            format!(r#"{{{url}, Headers = {{["User-agent"] = "x"}}}}"#),
            format!(r#"{{{url}, Headers = {{["X-A"] = "x\r\ny: z"}}}}"#),
            format!(r#"{{{url}, Body = "x"}}"#),
            format!(r#"{{{url}, Method = "BREW"}}"#),
            format!(r"{{{url}, Timeout = 61}}"),
            format!(r"{{{url}, Speed = 1}}"),
            r#"{Url = "http://127.0.0.1:81/"}"#.to_owned(),
            r#"{Url = "http://127.0.0.1:1194/"}"#.to_owned(),
            r#"{Url = "http://127.0.0.1:8460/a b"}"#.to_owned(),
            r"{}".to_owned(),
        ] {
            assert!(told(&format!("return {options}")).is_err(), "{options}");
        }
    }
}
