use super::*;

#[test]
fn a_port_is_a_whole_number_that_is_written_as_one() {
    assert_eq!(Some(0), with("\"servePort\": 0").serve.port);
    assert_eq!(Some(255), with("\"servePort\": 0xFF").serve.port);
    assert_eq!(Some(7), with("\"servePort\": +7").serve.port);
    for port in ["65536", "-1", "1.0", "1e3", "\"1\"", "true", "[]", "1e999"] {
        assert_eq!(
            ["2:14 error wrong-type: \"servePort\" is to be a whole number from 0 to 65535"],
            *wrong_with(&format!("\"servePort\": {port}")),
            "{port}"
        );
    }
}

#[test]
fn an_address_is_an_ip_address() {
    assert_eq!(Some("0.0.0.0".parse().unwrap()), with("\"serveAddress\": \"0.0.0.0\"").serve.address);
    for address in ["\"localhost\"", "\"127.0.0.1:80\"", "1", "\"\""] {
        assert_eq!(1, wrong_with(&format!("\"serveAddress\": {address}")).len(), "{address}");
    }
}

#[test]
fn an_empty_list_of_places_is_a_list() {
    assert_eq!(Some([].into()), with("\"servePlaceIds\": []").serve.place_ids);
    assert_eq!(None, with("\"servePlaceIds\": null").serve.place_ids);
}

#[test]
fn an_id_that_is_none_is_left_out_of_its_list() {
    let (project, found) = read(br#"{"tree": {}, "servePlaceIds": [1, "2", 3.5, -4, 5]}"#, Path::new(FILE));
    assert_eq!(3, found.len());
    assert_eq!(Some([1, 5].into()), project.unwrap().serve.place_ids);
}

#[test]
fn hosts_are_texts() {
    assert_eq!(
        ["2:23 error wrong-type: each of \"serveAllowedHosts\" is to be a text"],
        *wrong_with("\"serveAllowedHosts\": [1]")
    );
}
