//! What the load balancer's own cookies in a request say, for whoever asks why a session did not stick. Requests need
//! only [`crate::decide`].

use elbow_model::key::TargetGroupKey;

use crate::Context;
use crate::cookie::{Cookies, Name};
use crate::decide::open_application;
use crate::outcome::Invalid;
use crate::token::{self, Opened, Session};

/// One of the load balancer's cookies in a request, and what it says.
#[derive(Clone, Debug)]
pub struct Token {
    /// Its name; of a token in several cookies that of the first, `AWSALBAPP-0`.
    pub cookie: &'static str,
    /// The sessions that it carries, each with one target group, or why it cannot be read. A Classic token of another target
    /// group carries none.
    pub content: Content,
}

/// The sessions that a cookie carries, or why it cannot be read.
type Content = Result<Opened<Vec<Session>>, Invalid>;

/// Reads all of the load balancer's cookies; `group` is the target group that a Classic one would be for. Those that are not
/// there are left out.
pub fn tokens<'c, L>(context: &Context<'_>, group: TargetGroupKey, cookies: &Cookies<'c, L>) -> Vec<Token>
where
    L: Iterator<Item = &'c [u8]> + Clone,
{
    let one = |opened: Opened| Opened { key: opened.key, content: vec![opened.content] };
    let mut tokens = Vec::new();
    let mut read = |name: Name, open: &dyn Fn(&[u8]) -> Content| {
        if let Some(value) = cookies.value(name) {
            tokens.push(Token { cookie: name.as_str(), content: open(value) });
        }
    };
    for name in [Name::TARGET.0, Name::TARGET.1] {
        read(name, &|value| token::open_target(context, value).map(one));
    }
    for name in [Name::GROUP.0, Name::GROUP.1] {
        read(name, &|value| token::open_group(context, value).map(one));
    }
    for name in [Name::CLASSIC.0, Name::CLASSIC.1] {
        read(name, &|value| {
            let Opened { key, content } = token::open_classic(context, group, value)?;
            Ok(Opened { key, content: content.into_iter().collect() })
        });
    }
    let fragments = Name::APPLICATION.map(|name| cookies.value(name));
    if let Some(content) = open_application(context, fragments) {
        tokens.push(Token { cookie: Name::APPLICATION[0].as_str(), content });
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use crate::{Outcome, Policy};

    fn read(node: &Node, line: &str) -> Vec<Token> {
        tokens(&node.context(), GROUP, &Cookies::read(std::iter::once(line.as_bytes())))
    }

    #[test]
    fn each_cookie_says_whose_session_it_carries() {
        let classic = Policy::ClassicDuration { period: None };
        for (policy, names) in [
            (LB_COOKIE, &["AWSALB", "AWSALBCORS"][..]),
            (app_cookie(), &["AWSALBAPP-0"]),
            (classic, &["AWSELB", "AWSELBCORS"]),
        ] {
            let (mut node, mut jar) = (Node::new(), Jar::default());
            assert_eq!(node.serve(&policy, &mut jar, A, &["sid=1"]), (A, Outcome::New));
            let tokens = read(&node, &jar.line());
            assert_eq!(tokens.iter().map(|token| token.cookie).collect::<Vec<_>>(), names, "{policy:?}");
            for token in tokens {
                let opened = token.content.unwrap();
                assert_eq!(opened.key, node.keys.issuing(node.now).id);
                assert_eq!(
                    opened.content.iter().map(|it| (it.group, it.target)).collect::<Vec<_>>(),
                    [(GROUP, A)]
                );
            }
        }
    }

    #[test]
    fn what_cannot_be_read_says_why_and_what_is_not_there_is_left_out() {
        let node = Node::new();
        let reasons = |line: &str| -> Vec<_> {
            read(&node, line).into_iter().map(|token| (token.cookie, token.content.err())).collect()
        };
        assert_eq!(reasons("sid=1; AWSALBX=1"), []);
        assert_eq!(reasons("AWSALB=short"), [("AWSALB", Some(Invalid::Length))]);
        assert_eq!(reasons("AWSALBTG=%41"), [("AWSALBTG", Some(Invalid::Encoding))]);
        assert_eq!(reasons("AWSALBAPP-1=x"), [("AWSALBAPP-0", Some(Invalid::Fragment))]);
    }
}
