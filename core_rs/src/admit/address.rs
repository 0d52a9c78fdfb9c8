//! What the limits take for one caller.

use std::net::IpAddr;

/// The name under which an address is limited: all of an IPv4 address; of an IPv6 address the network, because
/// whoever has one address of it has all 2^64.
///
/// An IPv4 address inside an IPv6 one is the same caller. What is no address at all, such as the peer of a unix
/// socket, shares one name.
pub(super) fn limit_name(text: &str) -> [u8; 9] {
    let mut name = [0; 9];
    // Which interface a link-local address is of stands behind a percent sign.
    let address = text.split_once('%').map_or(text, |(address, _)| address);
    match address.parse().map(|address: IpAddr| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => {
            name[0] = 4;
            name[1..5].copy_from_slice(&address.octets());
        }
        Ok(IpAddr::V6(address)) => {
            name[0] = 6;
            name[1..].copy_from_slice(&address.octets()[..8]);
        }
        Err(_) => {}
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) -> bool {
        limit_name(one) == limit_name(other)
    }

    #[test]
    fn an_ipv6_network_is_one_caller() {
        assert!(same("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert!(!same("2001:db8:1:2::1", "2001:db8:1:3::1"));
        assert!(same("fe80::1%eth0", "fe80::2%eth1"));
    }

    #[test]
    fn every_ipv4_address_is_a_caller_however_it_is_written() {
        assert!(!same("192.0.2.1", "192.0.2.2"));
        assert!(same("192.0.2.1", "::ffff:192.0.2.1"));
        assert!(!same("::ffff:192.0.2.1", "::ffff:192.0.2.2"));
        assert!(!same("192.0.2.1", "c000:0201::"));
    }

    #[test]
    fn what_is_no_address_shares_one_name() {
        assert!(same("", "unix:/run/bridge"));
        assert!(same("", "192.0.2.256"));
        assert!(!same("", "0.0.0.0"));
        assert!(!same("", "::"));
    }
}
