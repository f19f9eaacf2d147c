//! Short identities of the nouns. An ARN ends in sixteen hexadecimal digits; that number alone is unique, cheap to
//! copy, compare and seal into a token.

use std::fmt;

macro_rules! key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(u64);

        impl $name {
            /// The key with this number.
            pub const fn new(number: u64) -> Self {
                Self(number)
            }

            /// The number of this key.
            pub const fn get(self) -> u64 {
                self.0
            }

            /// Reads sixteen lower-case hexadecimal digits, as [`fmt::Display`] writes them.
            pub fn parse(text: &str) -> Option<Self> {
                let digits = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
                if text.len() != 16 || !digits {
                    return None;
                }
                u64::from_str_radix(text, 16).ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:016x}", self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:016x})"), self.0)
            }
        }
    };
}

key! {
    /// Identity of a load balancer: the last part of its ARN.
    LoadBalancerKey
}
key! {
    /// Identity of a listener: the last part of its ARN.
    ListenerKey
}
key! {
    /// Identity of a rule: the last part of its ARN.
    RuleKey
}
key! {
    /// Identity of a target group: the last part of its ARN.
    TargetGroupKey
}
key! {
    /// Identity of one registration of a target. It is drawn at random when the target is registered and is never an
    /// address: a later registration of the same address is another target and inherits no session.
    TargetKey
}

key! {
    /// Identity of a trust store: the last part of its ARN.
    TrustStoreKey
}

key! {
    /// Identity of a stack: the last part of its ARN.
    StackKey
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_what_it_writes() {
        for number in [0, 1, 0x0123_4567_89ab_cdef, u64::MAX] {
            let key = TargetKey::new(number);
            assert_eq!(TargetKey::parse(&key.to_string()), Some(key));
        }
    }

    #[test]
    fn only_sixteen_lower_case_digits_are_a_key() {
        for text in ["", "0", "0123456789abcde", "0123456789abcdef0", "0123456789ABCDEF", "+123456789abcdef"]
        {
            assert_eq!(ListenerKey::parse(text), None, "{text}");
        }
    }
}
