//! Cutting a list into pages, whatever an API calls their size and where they begin.

/// Leaves of `items` one page: at most `size`, in the order of `key`, from behind `after` on. Returns the key of the last
/// one if others follow it. Keys must be unique and must not change while an item is there, so that what comes or goes
/// between two pages neither repeats others nor hides them.
pub(crate) fn cut<T>(
    items: &mut Vec<T>,
    after: Option<&str>,
    size: usize,
    key: impl Fn(&T) -> String,
) -> Option<String> {
    items.sort_by_cached_key(&key);
    if let Some(after) = after {
        items.retain(|item| key(item).as_str() > after);
    }
    let more = items.len() > size;
    items.truncate(size);
    items.last().filter(|_| more).map(key)
}
