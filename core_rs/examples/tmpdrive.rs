//! temporary
use std::io::BufRead; use std::path::{Path, PathBuf};
use _core::{build, sourcemap, tree, diagnostic::{Diagnostic, Severity}};
fn err(d: &[Diagnostic]) -> String { d.iter().filter(|d| d.severity == Severity::Error).map(|d| format!("{}:{:?} {} {}", d.path.display(), d.place.map(|p| (p.line, p.column)), d.code, d.message)).collect::<Vec<_>>().join(" ;; ") }
fn main() {
    let watch = _core::watch::Watch::default();
    for line in std::io::stdin().lock().lines() {
        let line: Vec<String> = serde_json::from_str(&line.unwrap()).unwrap();
        let said = match tree::Reader::open(Path::new(&line[1]), &watch).unwrap() {
            Err(d) => format!("refused {}", err(&[d])),
            Ok(reader) => {
                let t = reader.tree();
                if t.has_errors() { format!("refused {}", err(&t.diagnostics)) }
                else if line[0] == "sourcemap" {
                    let o = sourcemap::Options { include_non_scripts: line[2] == "true", absolute: false };
                    String::from_utf8(sourcemap::sourcemap(&t.root, reader.folder(), o).unwrap()).unwrap()
                } else {
                    match build::build(t, &PathBuf::from(&line[2]), build::Format::of_path(Path::new(&line[2])).unwrap(), &watch) { Ok(_) => "ok".into(), Err(e) => format!("refused {e:?}") }
                }
            }
        };
        println!("{}", serde_json::to_string(&said).unwrap());
    }
}
