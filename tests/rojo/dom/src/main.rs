//! Reads the path of a file a line, and answers each with a line: what is in it, or why it cannot be read.

mod tree;

use std::error::Error;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::thread;

use rbx_dom_weak::WeakDom;
use serde_json::json;

/// A tree of a thousand levels is told level by level, on the stack.
const STACK_BYTES: usize = 256 << 20;

fn main() -> io::Result<()> {
    thread::scope(|scope| {
        let work = thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, answer)?;
        work.join().unwrap_or_else(|_| Err(io::Error::other("a file could not be told")))
    })
}

fn answer() -> io::Result<()> {
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let said = match read(Path::new(&line?)) {
            Ok(dom) => json!({ "roots": tree::roots(&dom) }),
            Err(error) => json!({ "unreadable": error.to_string() }),
        };
        writeln!(output, "{said}")?;
        output.flush()?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<WeakDom, Box<dyn Error>> {
    let file = BufReader::new(File::open(path)?);
    match path.extension().and_then(OsStr::to_str) {
        Some("rbxm" | "rbxl") => Ok(rbx_binary::from_reader(file)?),
        // Whatever the writer wrote is told, and not only what a list of properties knows.
        Some("rbxmx" | "rbxlx") => {
            let options =
                rbx_xml::DecodeOptions::new().property_behavior(rbx_xml::DecodePropertyBehavior::ReadUnknown);
            Ok(rbx_xml::from_reader(file, options)?)
        }
        _ => Err("its name ends in none of .rbxm, .rbxl, .rbxmx and .rbxlx".into()),
    }
}
