//! How far an operation is, and what is left of one that is stopped or cannot go on.

use std::fs;
use std::path::Path;

use _core::bundle::{
    Bundle, BundleError, PackOptions, UnpackOptions, join, pack_blobs, pack_folder, read_file, unpack, verify,
};
use _core::hashing::{Algorithm, HashingError, TreeOptions, hash_tree};
use _core::watch::{Cancelled, Progress, Watch};

use crate::folder::{Content, NO_CAP, Place, file, noise, sample, write};

/// Run `work` and look at its progress all the while; `seen` may stop it.
fn watched<T: Send>(
    work: impl FnOnce(&Watch) -> T + Send,
    mut seen: impl FnMut(Progress, &Watch),
) -> (T, Vec<Progress>) {
    let watch = Watch::new();
    std::thread::scope(|scope| {
        let running = scope.spawn(|| work(&watch));
        let mut all = Vec::new();
        while !running.is_finished() {
            all.push(watch.progress());
            seen(watch.progress(), &watch);
            std::thread::yield_now();
        }
        all.push(watch.progress());
        (running.join().unwrap(), all)
    })
}

type Work<'a> = (&'a str, Box<dyn FnOnce(&Watch) -> Result<(), BundleError> + Send + 'a>);

/// Every long operation, on a folder whose bundle and base are there.
fn operations(place: &Place) -> Vec<Work<'_>> {
    fn boxed<'a>(
        name: &'a str,
        work: impl FnOnce(&Watch) -> Result<(), BundleError> + Send + 'a,
    ) -> Work<'a> {
        (name, Box::new(work))
    }
    let one = || PackOptions { threads: Some(1), ..PackOptions::default() };
    vec![
        boxed("pack", move |watch| {
            pack_folder(&place.at("bundle.folder"), &place.at("out"), one(), watch).map(drop)
        }),
        boxed("pack what changed", move |watch| {
            let base = place.open("base");
            let options = PackOptions { base: Some(&base), ..one() };
            pack_folder(&place.at("bundle.folder"), &place.at("out"), options, watch).map(drop)
        }),
        boxed("pack blobs", move |watch| {
            let content = noise(5, 20_000_000);
            let blob = _core::bundle::Blob { path: "a".into(), content: &content, executable: false };
            pack_blobs(vec![blob], &place.at("out"), &one(), watch).map(drop)
        }),
        boxed("join", move |watch| {
            join(&place.open("bundle"), &[], &place.at("out"), &one(), watch).map(drop)
        }),
        boxed("verify", move |watch| {
            let options = UnpackOptions { threads: Some(1), ..UnpackOptions::default() };
            verify(&place.open("bundle"), &options, watch).map(drop)
        }),
        boxed("unpack", move |watch| {
            let options = UnpackOptions { threads: Some(1), ..UnpackOptions::default() };
            unpack(&place.open("bundle"), &place.at("out"), &options, watch).map(drop)
        }),
        boxed("hash", move |watch| {
            let options = TreeOptions { algorithm: Algorithm::Sha256, memo: None, threads: Some(1) };
            Ok(hash_tree(&place.at("bundle.folder"), options, watch).map(drop)?)
        }),
    ]
}

fn place() -> Place {
    let place = Place::new();
    place.pack(&sample(), "base", PackOptions::default());
    let mut content = sample();
    for number in 0..6_u8 {
        content.insert(format!("more/{number}"), file(noise(u64::from(number) + 20, 5_000_000)));
    }
    place.pack(&content, "bundle", PackOptions::default());
    place
}

fn clear(place: &Place) {
    let out = place.at("out");
    let _ = if out.is_dir() { fs::remove_dir_all(&out) } else { fs::remove_file(&out) };
}

#[test]
fn progress_never_goes_back_and_ends_with_everything() {
    let place = place();
    for (name, work) in operations(&place) {
        let (result, seen) = watched(work, |_, _| ());
        result.unwrap();
        let last = *seen.last().unwrap();
        assert!(last.total_bytes > 0 && last.done_bytes == last.total_bytes, "{name}: {last:?}");
        for pair in seen.windows(2) {
            assert!(pair[0].done_bytes <= pair[1].done_bytes, "{name}: {pair:?}");
            assert!(pair[0].total_bytes <= pair[1].total_bytes, "{name}: {pair:?}");
            assert!(pair[0].done_files <= pair[1].done_files, "{name}: {pair:?}");
        }
        clear(&place);
    }
    let watch = Watch::new();
    let bundle = place.open("bundle");
    read_file(&bundle, &[], "media/large.bin", NO_CAP, &watch).unwrap();
    assert_eq!(6_000_000, watch.progress().total_bytes);
}

#[test]
fn each_file_counts_once() {
    let place = place();
    for name in ["pack", "unpack", "hash"] {
        let (_, work) = operations(&place).into_iter().find(|(other, _)| *other == name).unwrap();
        let (result, seen) = watched(work, |_, _| ());
        result.unwrap();
        assert_eq!(place.open("bundle").manifest().files() as u64, seen.last().unwrap().done_files, "{name}");
        clear(&place);
    }
}

#[test]
fn a_wish_to_stop_before_or_in_the_middle_leaves_nothing() {
    let place = place();
    let before = place.names();
    for at_once in [true, false] {
        for (name, work) in operations(&place) {
            let (result, _) = watched(work, |progress, watch| {
                if at_once || progress.done_bytes > 0 {
                    watch.cancel();
                }
            });
            let is_stopped = matches!(
                result,
                Err(BundleError::Cancelled(Cancelled)
                    | BundleError::Hashing(HashingError::Cancelled(Cancelled)))
            );
            assert!(is_stopped, "{name}: {result:?}");
            assert_eq!(before, place.names(), "{name}");
        }
    }
}

const FOLDER: &str = "CORE_RS_TEST_FULL_FOLDER";

/// Not a test of its own: what runs where no file may grow further.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let packed = pack_folder(
        &folder.join("bundle.folder"),
        &folder.join("out"),
        PackOptions::default(),
        &Watch::new(),
    );
    let bundle = Bundle::open(&folder.join("bundle"), NO_CAP).unwrap();
    let unpacked = unpack(&bundle, &folder.join("target"), &UnpackOptions::default(), &Watch::new());
    for error in [packed.unwrap_err(), unpacked.unwrap_err()] {
        let BundleError::Hashing(HashingError::Write { source, .. }) = &error else { panic!("{error:?}") };
        assert_eq!(std::io::ErrorKind::FileTooLarge, source.kind());
        assert!(error.to_string().starts_with("cannot write "), "{error}");
    }
}

/// As on a full disk: a write fails in the middle.
#[cfg(unix)]
#[test]
fn what_cannot_be_written_leaves_nothing() {
    use std::process::{Command, Stdio};

    let place = Place::new();
    let content = Content::from([("a".to_owned(), file(noise(1, 3_000_000))), ("b".to_owned(), file("b"))]);
    place.pack(&content, "bundle", PackOptions::default());
    let before = place.names();
    // Files may have 1,000 blocks of 512 bytes; without the signal the write fails.
    let script = "trap '' XFSZ; ulimit -f 1000; exec \"$0\" --exact stopped::child";
    let status = Command::new("sh")
        .args(["-c", script])
        .arg(std::env::current_exe().unwrap())
        .env(FOLDER, place.at("bundle").parent().unwrap())
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    assert_eq!(before, place.names());
}

#[test]
fn a_name_that_is_refused_is_told_before_everything_is_read() {
    let place = Place::new();
    let mut content = Content::from([("aux.txt".to_owned(), file("x"))]);
    for number in 0..10_u64 {
        content.insert(format!("large/{number}"), file(noise(number, 4_000_000)));
    }
    write(&place.at("folder"), &content);
    let watch = Watch::new();
    let options = PackOptions { threads: Some(1), ..PackOptions::default() };
    let result = pack_folder(&place.at("folder"), &place.at("out"), options, &watch);
    assert!(matches!(result, Err(BundleError::Name { .. })), "{result:?}");
    assert!(watch.progress().done_bytes < watch.progress().total_bytes / 2, "{:?}", watch.progress());
    assert_eq!(["folder"], place.names()[..]);
}
