//! A version that builds on an earlier one.

use std::fs;

use _core::bundle::{
    Bundle, BundleError, PackOptions, Packed, UnpackOptions, delta, join, pack_folder, verify,
};
use _core::hashing::{Algorithm, Memo};
use _core::sign::public_key;
use _core::watch::Watch;

use crate::folder::{Content, Place, cause, file, noise, one_file, read, sample, write};

const SEED: [u8; 32] = [7; 32];

fn next() -> Content {
    let mut content = sample();
    content.insert("scripts/unit1/lesson1.luau".into(), file("return {}\n"));
    content.insert("scripts/new.luau".into(), file(noise(9, 3_000)));
    content.remove("scripts/unit2/lesson2.luau");
    let mut large = noise(1, 6_000_000);
    large.splice(2_000_000..2_000_000, *b"inserted");
    content.insert("media/large.bin".into(), file(large));
    content
}

/// Version 1, version 2 whole, and what changed, each packed from the folder.
fn versions(place: &Place) -> (Bundle, Bundle, Bundle) {
    let seed = Some(&SEED);
    place.pack(&sample(), "one", PackOptions { seed, ..PackOptions::default() });
    let one = place.open("one");
    place.pack(&next(), "two", PackOptions { seed, ..PackOptions::default() });
    place.pack(&next(), "changes", PackOptions { seed, base: Some(&one), ..PackOptions::default() });
    (one, place.open("two"), place.open("changes"))
}

fn run(result: Result<Packed, BundleError>) -> Packed {
    result.unwrap()
}

#[test]
fn changes_are_small_and_unpack_with_their_base() {
    let place = Place::new();
    let (one, two, changes) = versions(&place);
    let length = |name| fs::metadata(place.at(name)).unwrap().len();
    assert!(length("changes") * 20 < length("two"), "{} of {}", length("changes"), length("two"));
    assert_eq!((Some(one.name()), None), (changes.base(), two.base()));
    assert_eq!(two.name(), changes.name());
    place.unpack(&changes, &[&one], "target").unwrap();
    assert!(next() == read(&place.at("target")));
    assert_eq!(&noise(9, 3_000), &one_file(&changes, &[], "scripts/new.luau").unwrap());
    let options =
        UnpackOptions { bases: &[&one], trusted: Some(&public_key(&SEED)), ..UnpackOptions::default() };
    assert_eq!(two.manifest().total_bytes(), verify(&changes, &options, &Watch::new()).unwrap().bytes);
}

#[test]
fn the_signature_of_a_version_holds_for_every_bundle_of_it() {
    let place = Place::new();
    let (_, two, changes) = versions(&place);
    assert_eq!(two.signature(), changes.signature());
    assert!(changes.check_signature(&public_key(&SEED)).is_ok());
}

#[test]
fn what_changed_between_two_bundles_is_what_packing_with_a_base_gives() {
    let place = Place::new();
    let (one, two, _) = versions(&place);
    run(delta(&one, &two, &[], &place.at("delta"), &PackOptions::default(), &Watch::new()));
    assert!(fs::read(place.at("changes")).unwrap() == fs::read(place.at("delta")).unwrap());
}

#[test]
fn joined_with_its_base_it_is_the_whole_version_byte_for_byte() {
    let place = Place::new();
    let (one, _, changes) = versions(&place);
    run(join(&changes, &[&one], &place.at("joined"), &PackOptions::default(), &Watch::new()));
    assert!(fs::read(place.at("two")).unwrap() == fs::read(place.at("joined")).unwrap());
    let seed = Some(&[3; 32]);
    run(join(
        &changes,
        &[&one],
        &place.at("resealed"),
        &PackOptions { seed, ..PackOptions::default() },
        &Watch::new(),
    ));
    assert!(place.open("resealed").check_signature(&public_key(&[3; 32])).is_ok());
}

#[test]
fn without_its_base_it_says_which_one_is_missing() {
    let place = Place::new();
    let (one, two, changes) = versions(&place);
    let errors = [
        place.unpack(&changes, &[], "target").map(|_| ()),
        verify(&changes, &UnpackOptions::default(), &Watch::new()).map(|_| ()),
        join(&changes, &[], &place.at("x"), &PackOptions::default(), &Watch::new()).map(|_| ()),
        delta(&two, &changes, &[], &place.at("x"), &PackOptions::default(), &Watch::new()).map(|_| ()),
    ];
    for result in errors {
        let error = result.unwrap_err();
        let told = format!("{}: the bundle lacks ", place.at("changes").display());
        assert!(
            error.to_string().starts_with(&told) && error.to_string().contains(&one.short_name()),
            "{error}"
        );
        assert!(matches!(cause(error), BundleError::BaseMissing { .. }));
    }
    let error = cause(one_file(&changes, &[], "media/zeros").unwrap_err());
    assert!(matches!(error, BundleError::BaseMissing { .. }), "{error:?}");
    assert!(!place.at("target").exists() && !place.at("x").exists());
}

#[test]
fn a_chain_of_changes_unpacks_with_all_of_it() {
    let place = Place::new();
    let (one, _, changes) = versions(&place);
    let mut third = next();
    third.insert("third".into(), file("3"));
    place.pack(&third, "third", PackOptions { base: Some(&changes), ..PackOptions::default() });
    let third_bundle = place.open("third");
    let error = cause(place.unpack(&third_bundle, &[&changes], "t").unwrap_err());
    assert!(matches!(error, BundleError::BaseMissing { .. }), "{error:?}");
    place.unpack(&third_bundle, &[&one, &changes], "target").unwrap();
    assert!(third == read(&place.at("target")));
}

#[test]
fn an_unchanged_version_carries_nothing() {
    let place = Place::new();
    place.pack(&sample(), "one", PackOptions::default());
    let one = place.open("one");
    let packed = place.pack(&sample(), "same", PackOptions { base: Some(&one), ..PackOptions::default() });
    assert_eq!((*one.name(), 0, 0), (packed.name, packed.packs, packed.carried_chunks));
}

#[test]
fn a_warm_memo_changes_nothing_but_what_is_read() {
    let place = Place::new();
    place.pack(&sample(), "one", PackOptions::default());
    let one = place.open("one");
    // Files written a moment ago are not trusted.
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    let mut memo = Memo::new(Algorithm::Sha256);
    let mut pack = |out: &str| {
        let options = PackOptions { base: Some(&one), memo: Some(&mut memo), ..PackOptions::default() };
        pack_folder(&place.at("one.folder"), &place.at(out), options, &Watch::new()).unwrap()
    };
    let (cold, warm) = (pack("cold"), pack("warm"));
    assert_eq!((sample().len() - 1, 0), (cold.files_read, warm.files_read));
    write(&place.at("one.folder"), &Content::from([("scripts/new.luau".to_owned(), file("new"))]));
    assert_eq!(1, pack("changed").files_read);
    assert!(fs::read(place.at("cold")).unwrap() == fs::read(place.at("warm")).unwrap());
    // Without a base every file is read, now from where the memo says that its chunks are.
    let options = PackOptions { memo: Some(&mut memo), ..PackOptions::default() };
    pack_folder(&place.at("one.folder"), &place.at("warm whole"), options, &Watch::new()).unwrap();
    pack_folder(&place.at("one.folder"), &place.at("cold whole"), PackOptions::default(), &Watch::new())
        .unwrap();
    assert!(fs::read(place.at("cold whole")).unwrap() == fs::read(place.at("warm whole")).unwrap());
}

#[test]
fn a_memo_is_only_believed_where_the_base_has_what_it_claims() {
    let place = Place::new();
    place.pack(&Content::from([("file".to_owned(), file("honest"))]), "base", PackOptions::default());
    let base = place.open("base");
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    let mut memo = Memo::new(Algorithm::Blake3);
    let pack = |out: &str, memo: &mut Memo| {
        let options = PackOptions { base: Some(&base), memo: Some(memo), ..PackOptions::default() };
        pack_folder(&place.at("base.folder"), &place.at(out), options, &Watch::new()).unwrap()
    };
    pack("first", &mut memo);
    // A claim that the file is something else, of the same length and stamp.
    let mut planted = memo.to_bytes();
    let honest = _core::hashing::blake3(b"honest");
    let at = planted.windows(32).position(|part| part == honest).unwrap();
    planted[at] ^= 1;
    let content = planted.len() - 32;
    let checksum = _core::hashing::blake3(&planted[..content]);
    planted[content..].copy_from_slice(&checksum);
    let packed = pack("second", &mut Memo::from_bytes(&planted).unwrap());
    assert_eq!((1, base.name()), (packed.files_read, &packed.name));
}
