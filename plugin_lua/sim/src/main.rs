//! Runs a Luau file without Roblox: `sim [--native] [--unix-time SECONDS] FILE [ARGUMENT...]`.
//!
//! The virtual machine is Roblox's own language; the services are stand-ins for the few that `Host.luau` touches.
//! `docs/luau.md` lists what they do as Roblox documents it and what nobody compared with Roblox yet.

mod clock;
mod encoding;
mod frames;
mod http;
mod json;
mod machine;
mod scheduler;
mod services;
mod stream;

use std::process::ExitCode;

use crate::machine::Machine;

const USAGE: &str = "usage: sim [--native] [--unix-time SECONDS] FILE [ARGUMENT...]";
/// What a wrong call of the program itself ends with; a script that fails ends with 1.
const WRONG_USE: u8 = 2;

/// What the command line asks for.
#[derive(Debug, Default, PartialEq)]
struct Wanted {
    native: bool,
    unix_time: Option<f64>,
    file: String,
    arguments: Vec<String>,
}

fn parse(mut words: impl Iterator<Item = String>) -> Option<Wanted> {
    let mut wanted = Wanted::default();
    loop {
        match words.next()? {
            word if word == "--native" => wanted.native = true,
            word if word == "--unix-time" => wanted.unix_time = Some(words.next()?.parse().ok()?),
            word if word.starts_with("--") => return None,
            file => {
                wanted.file = file;
                wanted.arguments = words.collect();
                return Some(wanted);
            }
        }
    }
}

fn main() -> ExitCode {
    let Some(wanted) = parse(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(WRONG_USE);
    };
    let ended = Machine::new(wanted.native, wanted.unix_time, &wanted.arguments)
        .and_then(|machine| machine.run(&wanted.file));
    match ended {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Option<Wanted> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn what_stands_after_the_file_belongs_to_the_script() {
        let wanted = words("--native --unix-time 12.5 a.luau --native b").unwrap();

        assert!(wanted.native);
        assert_eq!(Some(12.5), wanted.unix_time);
        assert_eq!(
            ("a.luau", vec!["--native".to_owned(), "b".to_owned()]),
            (wanted.file.as_str(), wanted.arguments)
        );
    }

    #[test]
    fn a_call_without_a_file_or_with_an_unknown_option_is_refused() {
        assert_eq!(
            [None, None, None, None],
            [words(""), words("--native"), words("--fast a"), words("--unix-time x a")]
        );
    }
}
