//! The Python literals in the header of an array, as tolerantly as NumPy reads them: spaces, any order of keys, trailing
//! commas, `3L` of Python 2, and calls such as `np.int64(3)`.

/// The deepest nesting of tuples, lists and calls that is parsed.
const DEEPEST: usize = 16;

/// A Python literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Literal {
    Text(String),
    Truth(bool),
    /// A non-negative integer.
    Number(usize),
    /// A tuple or a list.
    List(Vec<Self>),
    /// Anything else, such as a negative number or `None`.
    Other,
}

/// An entry of a dictionary.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub key: String,
    pub value: Literal,
    /// The value as it is spelled.
    pub spelled: &'a str,
}

/// Parses a dictionary whose keys are texts; `None` if it is invalid.
pub(super) fn dictionary(text: &str) -> Option<Vec<Entry<'_>>> {
    let mut parser = Parser {
        text,
        at: 0,
        depth: 0,
    };
    parser.expect('{')?;
    let mut entries = Vec::new();
    loop {
        if parser.takes('}') {
            return Some(entries);
        }
        let Literal::Text(key) = parser.value()? else {
            return None;
        };
        parser.expect(':')?;
        parser.skip_space();
        let start = parser.at;
        let value = parser.value()?;
        entries.push(Entry {
            key,
            value,
            spelled: &text[start..parser.at],
        });
        if !parser.takes(',') {
            parser.expect('}')?;
            return Some(entries);
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    /// The offset of the next character.
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn next(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn skip_space(&mut self) {
        self.skip(char::is_whitespace);
    }

    /// Skips characters, and returns how many bytes they take.
    fn skip(&mut self, is_skipped: impl Fn(char) -> bool) -> usize {
        let rest = &self.text[self.at..];
        let skipped = rest.len() - rest.trim_start_matches(is_skipped).len();
        self.at += skipped;
        skipped
    }

    /// Takes the character, after spaces, if it comes next.
    fn takes(&mut self, sign: char) -> bool {
        self.skip_space();
        let is_next = self.next() == Some(sign);
        if is_next {
            self.at += sign.len_utf8();
        }
        is_next
    }

    fn expect(&mut self, sign: char) -> Option<()> {
        self.takes(sign).then_some(())
    }

    fn value(&mut self) -> Option<Literal> {
        self.skip_space();
        match self.next()? {
            quote @ ('\'' | '"') => self.string(quote),
            '(' => self.list(')'),
            '[' => self.list(']'),
            '{' => self.list('}'),
            '0'..='9' => self.number(),
            '-' | '+' => {
                self.at += 1;
                self.number().map(|_| Literal::Other)
            }
            sign if sign.is_alphabetic() || sign == '_' => self.word(),
            _ => None,
        }
    }

    fn string(&mut self, quote: char) -> Option<Literal> {
        self.expect(quote)?;
        let mut text = String::new();
        loop {
            let sign = self.next()?;
            self.at += sign.len_utf8();
            match sign {
                '\\' => {
                    let escaped = self.next()?;
                    self.at += escaped.len_utf8();
                    text.push(escaped);
                }
                sign if sign == quote => return Some(Literal::Text(text)),
                sign => text.push(sign),
            }
        }
    }

    /// Parses values up to the closing bracket; a dictionary counts as a list.
    fn list(&mut self, close: char) -> Option<Literal> {
        self.at += 1;
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut values = Vec::new();
        let mut is_closed = self.takes(close);
        while !is_closed {
            values.push(self.value()?);
            let is_followed = self.takes(',') || self.takes(':');
            is_closed = self.takes(close);
            if !(is_followed || is_closed) {
                return None;
            }
        }
        self.depth -= 1;
        Some(Literal::List(values))
    }

    fn number(&mut self) -> Option<Literal> {
        let start = self.at;
        if self.skip(|sign| sign.is_ascii_digit() || sign == '_') == 0 {
            return None;
        }
        let digits = self.text[start..self.at].replace('_', "");
        self.skip(|sign| matches!(sign, 'l' | 'L'));
        Some(digits.parse().map_or(Literal::Other, Literal::Number))
    }

    /// Parses a name: a constant, the prefix of a text, or a call, whose value is that of its only argument.
    fn word(&mut self) -> Option<Literal> {
        let start = self.at;
        self.skip(|sign| sign.is_alphanumeric() || matches!(sign, '_' | '.'));
        let word = &self.text[start..self.at];
        if let Some(quote @ ('\'' | '"')) = self.next() {
            return self.string(quote);
        }
        if self.next() == Some('(') {
            return match self.list(')')? {
                Literal::List(mut values) if values.len() == 1 => values.pop(),
                _ => Some(Literal::Other),
            };
        }
        let name = word.rsplit('.').next().unwrap_or_default();
        Some(match name.trim_end_matches('_') {
            "True" => Literal::Truth(true),
            "False" => Literal::Truth(false),
            _ => Literal::Other,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Option<Literal> {
        let text = format!("{{'shape': {text}}}");
        dictionary(&text).map(|mut entries| entries.remove(0).value)
    }

    #[test]
    fn shapes_of_every_writer_are_parsed() {
        let sides = Literal::List(vec![Literal::Number(3), Literal::Number(4)]);
        for text in [
            "(3, 4)",
            "(3,4,)",
            "( 3 ,\t4 ) ",
            "[3, 4]",
            "(3L, 4L)",
            "(np.int64(3), 4)",
            "(numpy.uint8( 3 ), np.intp(4),)",
            "(0_3, 4)",
        ] {
            assert_eq!(shape(text), Some(sides.clone()), "{text}");
        }
        assert_eq!(shape("()"), Some(Literal::List(Vec::new())));
        assert_eq!(shape("-3"), Some(Literal::Other));
        assert_eq!(shape("99999999999999999999999"), Some(Literal::Other));
        for text in ["(3, 4", "(3 4)", "3x", "(3, 4))", "", "--3", "'3"] {
            assert_eq!(shape(text), None, "{text}");
        }
        assert_eq!(shape(&"(".repeat(100_000)), None, "nested too deeply");
    }

    #[test]
    fn entries_keep_their_spelling() {
        let text = "{\"a\" : [('r', '<f4'), ('g', '<f4')] , u'b':np.True_, 'c': b'\\'x' }";
        let entries = dictionary(text).expect("a dictionary");
        assert_eq!(entries[0].spelled, "[('r', '<f4'), ('g', '<f4')]");
        assert_eq!(
            (entries[1].key.as_str(), &entries[1].value),
            ("b", &Literal::Truth(true))
        );
        assert_eq!(entries[2].value, Literal::Text("'x".to_owned()));
    }
}
