//! The words of the command line.

use std::path::PathBuf;
use std::time::Duration;

pub const USAGE: &str =
    "usage: ceiling PLAN.json [--connections 64] [--seconds 5] [--count N] [--rate A_SECOND]

Sends the request of the plan over and over and prints one line of JSON.
Without --rate each connection sends as soon as it was answered; with it requests are due at even times,
and the time of each is counted from when it was due.";

#[derive(Debug)]
pub struct Options {
    pub plan: PathBuf,
    pub connections: usize,
    pub time: Duration,
    /// Ends the run earlier.
    pub count: Option<u64>,
    pub rate: Option<f64>,
}

impl Options {
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            plan: PathBuf::new(),
            connections: 64,
            time: Duration::from_secs(5),
            count: None,
            rate: None,
        };
        while let Some(word) = words.next() {
            match word.as_str() {
                "--connections" => options.connections = positive(&word, words.next())?,
                "--seconds" => options.time = Duration::from_secs_f64(positive(&word, words.next())?),
                "--count" => options.count = Some(positive(&word, words.next())?),
                "--rate" => options.rate = Some(positive(&word, words.next())?),
                _ if word.starts_with('-') || !options.plan.as_os_str().is_empty() => {
                    return Err(format!("{word} is not known\n\n{USAGE}"));
                }
                _ => options.plan = word.into(),
            }
        }
        if options.plan.as_os_str().is_empty() {
            return Err(USAGE.to_owned());
        }
        Ok(options)
    }
}

fn positive<Number>(name: &str, word: Option<String>) -> Result<Number, String>
where
    Number: std::str::FromStr + PartialOrd + Default,
{
    word.and_then(|word| word.parse().ok())
        .filter(|number| *number > Number::default())
        .ok_or_else(|| format!("{name} takes a number above 0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Options, String> {
        Options::parse(line.split(' ').map(str::to_owned))
    }

    #[test]
    fn what_is_not_said_has_its_default() {
        let options = parsed("plan.json --rate 10.5").unwrap();
        assert_eq!(
            (64, 5.0, None, Some(10.5)),
            (options.connections, options.time.as_secs_f64(), options.count, options.rate)
        );
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for line in ["", "--rate 1", "p --rate", "p --rate 0", "p --count -1", "p q", "p --what 1"] {
            assert!(parsed(line).is_err(), "{line}");
        }
    }
}
