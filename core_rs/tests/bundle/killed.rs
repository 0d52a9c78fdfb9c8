//! A process that is killed while it packs or unpacks leaves no half result, and the next one clears up after it.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use _core::bundle::{Bundle, PackOptions, UnpackOptions, pack_folder, unpack};
use _core::watch::Watch;

use crate::folder::{NO_CAP, Place, read, sample};

const FOLDER: &str = "CORE_RS_TEST_KILLED_FOLDER";
const WORK: &str = "CORE_RS_TEST_KILLED_WORK";
const PATIENCE: Duration = Duration::from_secs(30);

/// Not a test of its own: what the killed process runs.
#[test]
fn child() {
    let (Some(folder), Ok(work)) = (std::env::var_os(FOLDER), std::env::var(WORK)) else { return };
    let folder = Path::new(&folder);
    if work == "pack" {
        let options = PackOptions { threads: Some(1), ..PackOptions::default() };
        pack_folder(&folder.join("bundle.folder"), &folder.join("out"), options, &Watch::new()).unwrap();
    } else {
        let bundle = Bundle::open(&folder.join("bundle"), NO_CAP).unwrap();
        let options = UnpackOptions { threads: Some(1), ..UnpackOptions::default() };
        unpack(&bundle, &folder.join("out"), &options, &Watch::new()).unwrap();
    }
}

fn start(place: &Place, work: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::child"])
        .env(FOLDER, place.at("bundle").parent().unwrap())
        .env(WORK, work)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

fn left_over(place: &Place) -> Vec<String> {
    place.names().into_iter().filter(|name| name.starts_with(".out.")).collect()
}

/// Kill it a moment after it has begun to write, or see it end before.
fn kill_at_work(place: &Place, work: &str, after: Duration) {
    let begin = Instant::now();
    let before = left_over(place);
    let mut running = start(place, work);
    while left_over(place).iter().all(|name| before.contains(name)) && running.try_wait().unwrap().is_none() {
        assert!(begin.elapsed() < PATIENCE, "it never began");
        std::thread::sleep(Duration::from_micros(200));
    }
    std::thread::sleep(after);
    running.kill().unwrap();
    running.wait().unwrap();
}

/// Kill it again and again, a little later each time; `check` looks at what is there when it had ended.
fn killed_again_and_again(work: &str, check: impl Fn(&Place)) {
    let place = Place::new();
    place.pack(&sample(), "bundle", PackOptions::default());
    let mut left = 0;
    for round in 0..12_u32 {
        let before = left_over(&place);
        kill_at_work(&place, work, Duration::from_millis(2) * round);
        let after = left_over(&place);
        assert!(
            after.len() <= 1 && (before.is_empty() || after != before),
            "not swept: {before:?}, {after:?}"
        );
        left += after.len();
        if place.at("out").exists() {
            check(&place);
            remove(&place.at("out"));
        }
    }
    assert!(left > 0, "no kill came in time");
    assert!(start(&place, work).wait().unwrap().success());
    check(&place);
    assert_eq!(["bundle", "bundle.folder", "out"], place.names()[..]);
}

fn remove(path: &Path) {
    if path.is_dir() { std::fs::remove_dir_all(path).unwrap() } else { std::fs::remove_file(path).unwrap() }
}

#[test]
fn a_killed_unpacking_leaves_no_half_target() {
    killed_again_and_again("unpack", |place| assert!(sample() == read(&place.at("out"))));
}

#[test]
fn a_killed_packing_leaves_no_half_bundle() {
    killed_again_and_again("pack", |place| {
        assert!(std::fs::read(place.at("bundle")).unwrap() == std::fs::read(place.at("out")).unwrap());
    });
}
