//! Base64, query strings and the challenge of PKCE, on our own: the simulator must be able to
//! disagree with the code it tests.

use sha2::{Digest, Sha256};

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The challenge that goes with a verifier (S256).
pub(super) fn challenge_of(verifier: &str) -> String {
    let hash = Sha256::digest(verifier.as_bytes());
    encode(&hash, URL_SAFE).trim_end_matches('=').to_owned()
}

/// The user name and password of a `Basic` header's value.
pub(super) fn basic(value: &str) -> Option<(String, String)> {
    let text = decode(value.strip_prefix("Basic ")?.trim())?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

/// A value in a query string, percent-encoded.
pub(super) fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// A field of a form or a query string, decoded.
pub(super) fn field_of(form: &str, name: &str) -> Option<String> {
    let mut fields = form.split('&').filter_map(|field| field.split_once('='));
    let (_, value) = fields.find(|(key, _)| *key == name)?;
    let (mut bytes, mut rest) = (Vec::new(), value.bytes());
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).ok()
}

fn encode(bytes: &[u8], digits: &[u8; 64]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |place: usize| u32::from(chunk.get(place).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = digits[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

fn decode(text: &str) -> Option<String> {
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for character in text.trim_end_matches('=').bytes() {
        let digit = STANDARD.iter().position(|digit| *digit == character)?;
        bits = bits << 6 | digit as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_goes_both_ways() {
        for (text, expected) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("a:b~", "YTpifg==")] {
            assert_eq!(encode(text.as_bytes(), STANDARD), expected);
            assert_eq!(decode(expected).as_deref(), Some(text));
        }
        assert_eq!(basic("Basic YTpifg=="), Some(("a".into(), "b~".into())));
        assert_eq!(basic("Bearer YTpifg=="), None);
        assert_eq!(basic("Basic ?"), None);
    }

    #[test]
    fn the_challenge_is_that_of_rfc_7636() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge_of(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn query_values_are_encoded() {
        assert_eq!(percent_encoded("a b&c=/ü~"), "a%20b%26c%3D%2F%C3%BC~");
        assert_eq!(field_of("x=1&y=a+b%26%C3%BC", "y").as_deref(), Some("a b&ü"));
        assert_eq!((field_of("x=1", "y"), field_of("x=%4", "x")), (None, None));
    }
}
