//! What is packed comes back, and the same content is the same bundle.

use std::fs;

use _core::bundle::{
    Blob, Bundle, BundleError, Kind, PackOptions, SignatureFault, UnpackOptions, pack_blobs, pack_folder,
    read_file, unpack, verify,
};
use _core::hashing::{blake3, hex};
use _core::sign::public_key;
use _core::watch::Watch;
use proptest::prelude::*;

use crate::folder::{Content, NO_CAP, Place, cause, file, noise, one_file, read, sample, write};

const SEED: [u8; 32] = [7; 32];

fn threads(number: usize) -> PackOptions<'static> {
    PackOptions { threads: Some(number), ..PackOptions::default() }
}

#[test]
fn a_folder_comes_back() {
    let place = Place::new();
    let content = sample();
    let packed = place.pack(&content, "bundle", PackOptions { durable: true, ..PackOptions::default() });
    assert_eq!(fs::metadata(place.at("bundle")).unwrap().len(), packed.bytes);
    assert!(packed.packs > 1 && packed.total_bytes > 13_000_000 && packed.bytes < 7_000_000, "{packed:?}");
    let options = UnpackOptions { durable: true, ..UnpackOptions::default() };
    let unpacked = unpack(&place.open("bundle"), &place.at("target"), &options, &Watch::new()).unwrap();
    assert_eq!((packed.total_bytes, packed.files), (unpacked.bytes, unpacked.files));
    assert_eq!((content.len(), None), (packed.files + 1, packed.signer));
    assert!(content == read(&place.at("target")));
    assert_eq!(["bundle", "bundle.folder", "target"], place.names()[..]);
}

/// Another digest means that machines with this version and with the last one disagree about one folder.
#[test]
fn the_bytes_never_change() {
    let place = Place::new();
    let content = sample().into_iter().filter(|(path, _)| !path.starts_with("tools"));
    place.pack(&content.collect(), "bundle", PackOptions { seed: Some(&SEED), ..PackOptions::default() });
    assert_eq!(GOLDEN_DIGEST, hex(&blake3(&fs::read(place.at("bundle")).unwrap())));
    assert_eq!(GOLDEN_NAME, hex(place.open("bundle").name()));
}

const GOLDEN_DIGEST: &str = "a8d8daeee2df7bb49df97f294419abb91730667e298e98cd5374083058128b96";
const GOLDEN_NAME: &str = "6ebf51b2c9a66a42eae4c6cabf9324a05e711b538bbd16c182ababbfc2a73205";

#[test]
fn threads_and_the_order_of_the_folder_change_nothing() {
    let place = Place::new();
    let content = sample();
    place.pack(&content, "one", threads(1));
    let one = fs::read(place.at("one")).unwrap();
    for number in [2, 3, 8] {
        // Made in another order, so that the file system lists it in another.
        let folder = place.at(&format!("folder{number}"));
        let mut paths: Vec<_> = content.iter().collect();
        paths.sort_by_key(|(path, _)| blake3(format!("{number}{path}").as_bytes()));
        for (path, value) in paths {
            write(&folder, &Content::from([(path.clone(), value.clone())]));
        }
        pack_folder(&folder, &place.at("other"), threads(number), &Watch::new()).unwrap();
        assert!(one == fs::read(place.at("other")).unwrap(), "{number} threads");
    }
}

#[test]
fn blobs_and_a_folder_of_the_same_content_are_one_version() {
    let place = Place::new();
    let content: Content = sample().into_iter().filter(|(_, value)| value.is_some()).collect();
    place.pack(&content, "folder", PackOptions::default());
    let blobs = content.iter().rev().map(|(path, value)| {
        let (content, executable) = value.as_ref().unwrap();
        Blob { path: path.clone(), content, executable: *executable }
    });
    pack_blobs(blobs.collect(), &place.at("blobs"), &PackOptions::default(), &Watch::new()).unwrap();
    assert!(fs::read(place.at("folder")).unwrap() == fs::read(place.at("blobs")).unwrap());
    let twice = Blob { path: "a".into(), content: b"", executable: false };
    let result =
        pack_blobs(vec![twice.clone(), twice], &place.at("twice"), &PackOptions::default(), &Watch::new());
    assert!(matches!(result, Err(BundleError::Name { .. })), "{result:?}");
}

#[test]
fn an_empty_folder_is_a_bundle_too() {
    let place = Place::new();
    let packed = place.pack(&Content::new(), "bundle", PackOptions::default());
    assert_eq!((0, 0), (packed.packs, packed.entries));
    place.unpack(&place.open("bundle"), &[], "target").unwrap();
    assert!(read(&place.at("target")).is_empty());
}

#[test]
fn one_file_is_read_without_the_others() {
    let place = Place::new();
    place.pack(&sample(), "bundle", PackOptions::default());
    let bundle = Bundle::from_bytes(fs::read(place.at("bundle")).unwrap(), NO_CAP).unwrap();
    for (path, value) in sample() {
        match value {
            Some((content, _)) => assert!(content == one_file(&bundle, &[], &path).unwrap(), "{path}"),
            None => assert!(matches!(one_file(&bundle, &[], &path), Err(BundleError::NoSuchFile(_)))),
        }
    }
    assert!(matches!(one_file(&bundle, &[], "nothing"), Err(BundleError::NoSuchFile(_))));
    let within =
        |most_bytes| read_file(&bundle, &[], "media/zeros", most_bytes, &Watch::new()).map(|read| read.len());
    assert_eq!(1_000_000, within(1_000_000).unwrap());
    let error = within(999_999).unwrap_err();
    assert!(matches!(error, BundleError::FileTooLarge { .. }), "{error:?}");
}

#[test]
fn the_list_says_what_is_in_it() {
    let place = Place::new();
    place.pack(&sample(), "bundle", PackOptions::default());
    let bundle = place.open("bundle");
    let manifest = bundle.manifest();
    let listed: Vec<_> = manifest.entries().iter().map(|entry| entry.path.to_string()).collect();
    assert_eq!(sample().into_keys().collect::<Vec<_>>(), listed);
    let large = manifest.find("media/large.bin").unwrap();
    assert_eq!((6_000_000, Kind::File), (manifest.size(large), large.kind));
    assert_eq!(Kind::EmptyFolder, manifest.find("empty/folder").unwrap().kind);
    #[cfg(unix)]
    assert_eq!(Kind::Executable, manifest.find("tools/build").unwrap().kind);
    let checked = verify(&bundle, &UnpackOptions::default(), &Watch::new()).unwrap();
    assert_eq!((manifest.total_bytes(), bundle.packs()), (checked.bytes, checked.packs));
    assert_eq!(manifest.chunks().len(), bundle.carried_chunks());
}

#[test]
fn only_the_right_key_is_trusted() {
    let place = Place::new();
    place.pack(&sample(), "signed", PackOptions { seed: Some(&SEED), ..PackOptions::default() });
    place.pack(&sample(), "unsigned", PackOptions::default());
    let check = |bundle: &str, trusted: &[u8; 32]| {
        let options = UnpackOptions { trusted: Some(trusted), ..UnpackOptions::default() };
        let checked = verify(&place.open(bundle), &options, &Watch::new()).map(|_| ());
        let unpacked = unpack(&place.open(bundle), &place.at("target"), &options, &Watch::new()).map(|_| ());
        assert_eq!(format!("{checked:?}"), format!("{unpacked:?}"));
        checked
    };
    assert!(check("signed", &public_key(&SEED)).is_ok());
    fs::remove_dir_all(place.at("target")).unwrap();
    let refused = |result: Result<(), BundleError>| match cause(result.unwrap_err()) {
        BundleError::Signature(fault) => fault,
        other => panic!("{other:?}"),
    };
    assert_eq!(SignatureFault::OtherKey, refused(check("signed", &public_key(&[8; 32]))));
    assert_eq!(SignatureFault::Unsigned, refused(check("unsigned", &public_key(&SEED))));
    assert_eq!(place.open("signed").name(), place.open("unsigned").name());
}

#[test]
fn names_that_do_not_unpack_everywhere_are_refused_unless_asked_for() {
    let place = Place::new();
    let content = Content::from([("aux.txt".to_owned(), file("x"))]);
    write(&place.at("folder"), &content);
    let pack = |any_name| {
        let options = PackOptions { any_name, ..PackOptions::default() };
        pack_folder(&place.at("folder"), &place.at("bundle"), options, &Watch::new())
    };
    assert!(matches!(pack(false), Err(BundleError::Name { .. })));
    assert!(!place.at("bundle").exists());
    pack(true).unwrap();
    let bundle = place.open("bundle");
    assert_eq!(b"x", &one_file(&bundle, &[], "aux.txt").unwrap()[..]);
    assert!(matches!(place.unpack(&bundle, &[], "target"), Err(BundleError::Name { .. })));
    assert!(!place.at("target").exists());
    let options = UnpackOptions { any_name: true, ..UnpackOptions::default() };
    let unpacked = unpack(&bundle, &place.at("target"), &options, &Watch::new());
    assert_eq!(cfg!(not(windows)), unpacked.is_ok(), "{unpacked:?}");
    assert_eq!(cfg!(not(windows)), place.at("target/aux.txt").exists());
}

#[test]
fn a_bundle_is_not_written_into_the_folder_that_is_packed() {
    let place = Place::new();
    write(&place.at("folder/inside"), &sample());
    let out = place.at("folder/inside/bundle");
    let result = pack_folder(&place.at("folder"), &out, PackOptions::default(), &Watch::new());
    assert!(matches!(result, Err(BundleError::OutputInside(_))));
}

#[cfg(unix)]
#[test]
fn links_are_left_out_and_named() {
    let place = Place::new();
    write(&place.at("folder"), &Content::from([("file".to_owned(), file("x"))]));
    std::os::unix::fs::symlink("/etc", place.at("folder").join("link")).unwrap();
    let packed =
        pack_folder(&place.at("folder"), &place.at("b"), PackOptions::default(), &Watch::new()).unwrap();
    assert_eq!(["link"], packed.skipped.iter().map(|one| one.path.as_str()).collect::<Vec<_>>()[..]);
    assert_eq!(1, packed.entries);
}

fn contents() -> impl Strategy<Value = Content> {
    let bytes = prop_oneof![
        4 => proptest::collection::vec(any::<u8>(), 0..300),
        1 => (0_u64..4, 0_usize..600_000).prop_map(|(seed, length)| noise(seed, length)),
    ];
    let value = proptest::option::weighted(0.9, (bytes, any::<bool>().prop_map(|bit| bit && cfg!(unix))));
    let path = "[a-d]{1,2}(/[a-d]{1,2}){0,3}";
    proptest::collection::btree_map(path, value, 0..20).prop_map(|wanted| {
        // A file cannot be a folder too, nor an empty folder hold something.
        let clash =
            |path: &str, other: &str| other.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
        let paths: Vec<String> = wanted.keys().cloned().collect();
        wanted.into_iter().filter(|(path, _)| !paths.iter().any(|other| clash(path, other))).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn every_folder_comes_back(content in contents(), number in 1_usize..4) {
        let place = Place::new();
        place.pack(&content, "bundle", threads(number));
        place.unpack(&place.open("bundle"), &[], "target").unwrap();
        prop_assert!(content == read(&place.at("target")));
    }

    #[test]
    fn every_change_comes_over(old in contents(), new in contents()) {
        let place = Place::new();
        place.pack(&old, "old", PackOptions::default());
        let base = place.open("old");
        place.pack(&new, "whole", PackOptions::default());
        place.pack(&new, "changes", PackOptions { base: Some(&base), ..PackOptions::default() });
        let changes = place.open("changes");
        let whole = place.open("whole");
        prop_assert_eq!(whole.name(), changes.name());
        place.unpack(&changes, &[&base], "target").unwrap();
        prop_assert!(new == read(&place.at("target")));
    }
}
