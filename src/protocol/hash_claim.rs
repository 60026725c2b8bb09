//! `at_hash` and `c_hash` ([OpenID Connect Core §3.1.3.6, §3.3.2.11](https://openid.net/specs/openid-connect-core-1_0.html#CodeIDToken)).

use super::{encoding::base64url, jwt::Algorithm};
use sha2::{Digest, Sha256, Sha512};

/// The left half of the hash that goes with the signature algorithm, in base64url.
pub(crate) fn left_half(algorithm: Algorithm, value: &str) -> String {
    match algorithm {
        Algorithm::Es256 | Algorithm::Ps256 | Algorithm::Rs256 => base64url(&Sha256::digest(value)[..16]),
        Algorithm::EdDsa => base64url(&Sha512::digest(value)[..32]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_32_hash_of_the_core_examples() {
        // OpenID Connect Core, appendix A.3 and A.4
        assert_eq!(left_half(Algorithm::Rs256, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"), "77QmUPtjPfzWtF2AnpK9RQ");
        assert_eq!(left_half(Algorithm::Rs256, "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk"), "LDktKdoQak3Pk0cnXxCltA");
    }

    #[test]
    fn id_32_ed25519_hashes_with_sha_512() {
        // printf jHkW… | openssl dgst -sha512 -binary | head -c 32 | basenc --base64url
        assert_eq!(
            left_half(Algorithm::EdDsa, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
            "q7nS86GgvvFaZkzALLWqJYaJIKw2wCDAVfCAsm5CrBM"
        );
    }
}
