//! Sends signed requests over many connections from one thread: a plan in, one line of JSON out.

mod connection;
mod cpu;
mod histogram;
mod load;
mod options;
mod plan;
mod report;
mod response;
mod sign;

use std::process::ExitCode;

use crate::load::run;
use crate::options::Options;
use crate::plan::Plan;

fn main() -> ExitCode {
    match told() {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

fn told() -> Result<String, String> {
    let options = Options::parse(std::env::args().skip(1))?;
    let report = run(&Plan::read(&options.plan)?, &options)?;
    serde_json::to_string(&report).map_err(|error| error.to_string())
}
