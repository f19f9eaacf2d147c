//! Read buffers and the pool that they return to.
//!
//! A connection holds a buffer only while bytes are in it: an idle client costs none (Q13), and neither does a
//! request whose target is thinking.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, ReadBuf};

use crate::stream::Stream;

/// Size of a pooled buffer: holds nearly every head together with the first bytes of a body.
pub(crate) const BUFFER_BYTES: usize = 16 * 1024;
/// Largest buffer, for a head at its limits: request line and headers of 16K + 64K (R23), and room to read on.
pub(crate) const LARGEST_BUFFER_BYTES: usize = 96 * 1024;
/// Size of a buffer for a body that flows: fewer calls and packets, and those are what a byte costs. One packet of the
/// loopback device takes 65,483 bytes; what a write has beyond that would be a second one.
const WIDE_BUFFER_BYTES: usize = 64 * 1024 - 256;
/// Wide buffers, per worker: 2 MiB. All but a few are held by connections whose writer takes no more, so that thousands
/// of slow readers cost no more than this beside a usual buffer each; who gets none is served with a usual one.
const WIDE_BUFFERS: usize = 32;
/// Up to so many bytes are kept in memory of their own size while more are awaited.
const SETTLED_BYTES: usize = 4096;
/// Buffers kept for reuse, per worker: 4 MiB.
const POOLED_BUFFERS: usize = 256;

/// Bytes that were read and are not used up yet. An empty buffer holds no memory after [`Buffer::release`].
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    /// Initialised as a whole; its length is the capacity.
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

/// Free buffers of one worker.
#[derive(Debug, Default)]
pub(crate) struct BufferPool {
    free: RefCell<Vec<Vec<u8>>>,
    wide: RefCell<Vec<Vec<u8>>>,
    /// Wide buffers there are, free or not.
    wide_count: Cell<usize>,
}

impl Buffer {
    /// What was read and is not used up.
    pub(crate) fn filled(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Bytes of memory that it holds.
    pub(crate) fn storage(&self) -> usize {
        self.bytes.len()
    }

    /// Whether no more can be read before something is used up or the buffer grows.
    pub(crate) fn is_full(&self) -> bool {
        self.end == self.bytes.len()
    }

    /// Takes bytes over in the memory that they lie in, and returns how many. Only while it is empty.
    pub(crate) fn adopt(&mut self, bytes: Vec<u8>, pool: &BufferPool) -> usize {
        debug_assert!(self.is_empty());
        self.release(pool);
        (self.start, self.end) = (0, bytes.len());
        self.bytes = bytes;
        self.end
    }

    /// Uses up the first `count` bytes.
    pub(crate) fn consume(&mut self, count: usize) {
        debug_assert!(count <= self.end - self.start);
        self.start = (self.start + count).min(self.end);
        if self.is_empty() {
            (self.start, self.end) = (0, 0);
        }
    }

    /// Gives the memory back to the pool if no byte is in it.
    pub(crate) fn release(&mut self, pool: &BufferPool) {
        if self.is_empty() && !self.bytes.is_empty() {
            (self.start, self.end) = (0, 0);
            pool.put(std::mem::take(&mut self.bytes));
        }
    }

    /// Gives the memory back, and the bytes up.
    pub(crate) fn discard(&mut self, pool: &BufferPool) {
        (self.start, self.end) = (0, 0);
        self.release(pool);
    }

    /// Keeps few bytes in memory of their own size and gives the rest back, because more may not come for long: a
    /// thousand clients that send half a head must not cost a thousand buffers.
    pub(crate) fn settle(&mut self, pool: &BufferPool) {
        let filled = self.filled();
        if filled.len() <= SETTLED_BYTES && self.bytes.len() >= BUFFER_BYTES {
            let settled = filled.to_vec();
            pool.put(std::mem::replace(&mut self.bytes, settled));
            (self.start, self.end) = (0, self.bytes.len());
        }
    }

    /// An empty buffer goes over to wide memory for the next read, if any is left.
    pub(crate) fn widen(&mut self, pool: &BufferPool) {
        debug_assert!(self.is_empty());
        self.release(pool);
        self.bytes = pool.take_wide().unwrap_or_default();
    }

    /// Gives wide memory back as soon as the bytes fit into a usual buffer, because they may not be taken for long.
    pub(crate) fn narrow(&mut self, pool: &BufferPool) {
        if self.bytes.len() == WIDE_BUFFER_BYTES && self.filled().len() <= BUFFER_BYTES {
            pool.put(self.move_to(pool.take()));
        }
    }

    /// Makes room to read more: takes memory from the pool, moves the bytes to the front or takes the largest buffer.
    /// There is no size between for a head: memory of many sizes that comes and goes is what an allocator cannot use
    /// again. False if it has reached [`LARGEST_BUFFER_BYTES`] and is full.
    pub(crate) fn make_room(&mut self, pool: &BufferPool) -> bool {
        if self.bytes.len() < BUFFER_BYTES {
            self.move_to(pool.take());
        } else if self.is_full() && self.start > 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        } else if self.is_full() && self.bytes.len() < LARGEST_BUFFER_BYTES {
            pool.put(self.move_to(vec![0; LARGEST_BUFFER_BYTES]));
        }
        !self.is_full()
    }

    /// Goes over to other memory, and returns what it had.
    fn move_to(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
        let filled = self.filled();
        bytes.get_mut(..filled.len()).unwrap_or_default().copy_from_slice(filled);
        (self.start, self.end) = (0, filled.len());
        std::mem::replace(&mut self.bytes, bytes)
    }

    /// Reads once from `stream` once it is readable. An empty buffer holds no memory until then, and one with bytes in
    /// it is not moved. `Ok(0)` is the end of the stream, or a full buffer.
    pub(crate) fn poll_fill(
        &mut self,
        cx: &mut Context<'_>,
        stream: &mut Stream,
        pool: &BufferPool,
    ) -> Poll<std::io::Result<usize>> {
        if !self.is_empty() {
            ready!(stream.poll_read_ready(cx))?;
        }
        if !self.make_room(pool) {
            return Poll::Ready(Ok(0));
        }
        let mut space = ReadBuf::new(self.bytes.get_mut(self.end..).unwrap_or_default());
        match Pin::new(stream).poll_read(cx, &mut space) {
            Poll::Ready(Ok(())) => {
                let count = space.filled().len();
                self.end += count;
                Poll::Ready(Ok(count))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                self.release(pool);
                Poll::Pending
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, reason = "a test may fail loudly")]
impl Buffer {
    /// Puts bytes in, as if they had been read.
    pub(crate) fn put(&mut self, pool: &BufferPool, bytes: &[u8]) {
        assert!(self.make_room(pool));
        self.bytes[self.end..self.end + bytes.len()].copy_from_slice(bytes);
        self.end += bytes.len();
    }
}

impl BufferPool {
    fn take(&self) -> Vec<u8> {
        self.free.borrow_mut().pop().unwrap_or_else(|| vec![0; BUFFER_BYTES])
    }

    fn take_wide(&self) -> Option<Vec<u8>> {
        let free = self.wide.borrow_mut().pop();
        free.or_else(|| {
            let count = self.wide_count.get();
            (count < WIDE_BUFFERS).then(|| {
                self.wide_count.set(count + 1);
                vec![0; WIDE_BUFFER_BYTES]
            })
        })
    }

    /// Keeps memory of the usual size and wide memory; a buffer that had to grow is freed.
    fn put(&self, bytes: Vec<u8>) {
        match bytes.len() {
            BUFFER_BYTES => {
                let mut free = self.free.borrow_mut();
                if free.len() < POOLED_BUFFERS {
                    free.push(bytes);
                }
            }
            WIDE_BUFFER_BYTES => {
                let mut wide = self.wide.borrow_mut();
                // What was adopted may happen to have this size.
                if wide.len() < self.wide_count.get() {
                    wide.push(bytes);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_goes_back_to_the_pool_when_the_last_byte_is_used() {
        let (pool, mut buffer) = (BufferPool::default(), Buffer::default());
        buffer.put(&pool, b"GET / HTTP/1.1");
        buffer.consume(4);
        buffer.release(&pool);
        assert_eq!(buffer.filled(), b"/ HTTP/1.1", "bytes are never lost by a release");
        buffer.consume(10);
        buffer.release(&pool);
        assert_eq!((buffer.bytes.capacity(), pool.free.borrow().len()), (0, 1));
    }

    #[test]
    fn a_large_head_grows_the_buffer_to_its_limit_and_no_further() {
        let (pool, mut buffer) = (BufferPool::default(), Buffer::default());
        while buffer.make_room(&pool) {
            let room = buffer.bytes.len() - buffer.end;
            buffer.put(&pool, &vec![b'a'; room]);
        }
        assert_eq!(buffer.filled().len(), LARGEST_BUFFER_BYTES);
        buffer.discard(&pool);
        let kept: Vec<usize> = pool.free.borrow().iter().map(Vec::len).collect();
        assert_eq!(kept, [BUFFER_BYTES], "the one it grew out of; the largest are not kept");
    }

    #[test]
    fn half_a_head_is_kept_in_memory_of_its_own_size() {
        let (pool, mut buffer) = (BufferPool::default(), Buffer::default());
        buffer.put(&pool, b"GET / HT");
        buffer.consume(2);
        buffer.settle(&pool);
        assert_eq!((buffer.filled(), buffer.bytes.capacity()), (&b"T / HT"[..], 6));
        buffer.put(&pool, b"TP/1.1");
        assert_eq!((buffer.filled(), buffer.bytes.len()), (&b"T / HTTP/1.1"[..], BUFFER_BYTES));
        buffer.put(&pool, &[b'a'; SETTLED_BYTES]);
        buffer.settle(&pool);
        assert_eq!(buffer.bytes.len(), BUFFER_BYTES, "much is not copied to and fro");
    }

    #[test]
    fn a_slow_reader_keeps_wide_memory_no_longer_than_it_must() {
        let (pool, mut buffer) = (BufferPool::default(), Buffer::default());
        buffer.widen(&pool);
        buffer.put(&pool, &[b'a'; WIDE_BUFFER_BYTES]);
        buffer.consume(WIDE_BUFFER_BYTES - BUFFER_BYTES - 1);
        buffer.narrow(&pool);
        assert_eq!(buffer.bytes.len(), WIDE_BUFFER_BYTES, "a usual buffer does not hold them");
        buffer.consume(1);
        buffer.narrow(&pool);
        assert_eq!((buffer.filled(), buffer.bytes.len()), (&[b'a'; BUFFER_BYTES][..], BUFFER_BYTES));
        assert_eq!(pool.wide.borrow().len(), 1);
    }

    #[test]
    fn there_is_wide_memory_for_some_and_usual_memory_for_all() {
        let pool = BufferPool::default();
        let mut buffers: Vec<Buffer> = (0..WIDE_BUFFERS + 2).map(|_| Buffer::default()).collect();
        for buffer in &mut buffers {
            buffer.widen(&pool);
            buffer.put(&pool, b"body");
        }
        let sizes = |buffers: &[Buffer]| -> Vec<usize> {
            buffers.iter().map(|buffer| buffer.bytes.len()).rev().take(3).collect()
        };
        assert_eq!(sizes(&buffers), [BUFFER_BYTES, BUFFER_BYTES, WIDE_BUFFER_BYTES]);
        buffers[0].discard(&pool);
        let last = &mut buffers[WIDE_BUFFERS + 1];
        last.discard(&pool);
        last.widen(&pool);
        assert_eq!(last.bytes.len(), WIDE_BUFFER_BYTES, "what one gives back is the next one's");
    }

    #[test]
    fn memory_of_others_is_read_where_it_is_and_more_goes_to_the_usual_one() {
        let (pool, mut buffer) = (BufferPool::default(), Buffer::default());
        assert_eq!(buffer.adopt(b"GET / HT".to_vec(), &pool), 8);
        buffer.consume(4);
        buffer.put(&pool, b"TP/1.1");
        assert_eq!((buffer.filled(), buffer.bytes.len()), (&b"/ HTTP/1.1"[..], BUFFER_BYTES));
        buffer.discard(&pool);
        for _ in 0..2 {
            buffer.adopt(vec![b'a'; WIDE_BUFFER_BYTES], &pool);
            buffer.discard(&pool);
        }
        assert_eq!((pool.free.borrow().len(), pool.wide.borrow().len()), (1, 0), "none is kept for its size");
    }

    #[test]
    fn bytes_move_to_the_front_before_the_buffer_grows() {
        let (pool, mut buffer) = (BufferPool::default(), Buffer::default());
        buffer.put(&pool, &[b'a'; BUFFER_BYTES]);
        buffer.consume(BUFFER_BYTES - 1);
        assert!(buffer.make_room(&pool));
        assert_eq!((buffer.filled(), buffer.bytes.len()), (&b"a"[..], BUFFER_BYTES));
    }
}
