//! Bytes that go from one socket to the other without coming here: splice(2), through a pipe that holds them.
//!
//! Pipes are for what flows: each takes two descriptors, and for a few bytes a call more than a buffer. Connections take one
//! when a read has filled a buffer, and give it back as soon as it is empty and no more is there.

use std::cell::{Cell, RefCell};
use std::io;
use std::os::fd::OwnedFd;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use rustix::pipe::{PipeFlags, SpliceFlags, fcntl_setpipe_size, pipe_with, splice};
use tokio::io::Interest;
use tokio::net::TcpStream;

/// What a pipe holds at most, in bytes.
const PIPE_BYTES: usize = 256 * 1024;
/// Pipes of a worker. Who gets none is served with buffers.
const PIPES: usize = 64;
/// So many bytes are moved at a time before others have their turn.
const TURN_BYTES: usize = 1024 * 1024;
/// What brings less than this at a time does not flow.
const FLOW_BYTES: usize = 16 * 1024;

/// A pipe, and how many bytes are in it.
#[derive(Debug)]
pub(crate) struct Pipe {
    read: OwnedFd,
    write: OwnedFd,
    filled: usize,
    _one: One,
}

/// The pipes of one worker.
#[derive(Debug, Default)]
pub(crate) struct Pipes {
    free: RefCell<Vec<Pipe>>,
    count: Rc<Cell<usize>>,
}

/// Counts one pipe for as long as it is open, whoever drops it.
#[derive(Debug)]
struct One(Rc<Cell<usize>>);

/// What has happened when a lane stops moving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spliced {
    /// The reader has ended, and all that it said was written.
    Ended,
    /// Little comes now; a buffer does as well.
    Trickles,
}

impl Pipes {
    /// A pipe; `None` if there are too many, or the system has none.
    pub(crate) fn take(&self) -> Option<Pipe> {
        let free = self.free.borrow_mut().pop();
        free.or_else(|| {
            if self.count.get() >= PIPES {
                return None;
            }
            let (read, write) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK).ok()?;
            // A smaller one does, too.
            let _ = fcntl_setpipe_size(&write, PIPE_BYTES);
            Some(Pipe { read, write, filled: 0, _one: One::of(&self.count) })
        })
    }

    /// Gives a pipe back. One with bytes in it is of no use to others.
    pub(crate) fn put(&self, pipe: Pipe) {
        if pipe.is_empty() {
            self.free.borrow_mut().push(pipe);
        }
    }
}

impl One {
    fn of(count: &Rc<Cell<usize>>) -> Self {
        count.set(count.get() + 1);
        Self(Rc::clone(count))
    }
}

impl Drop for One {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

impl Pipe {
    pub(crate) fn is_empty(&self) -> bool {
        self.filled == 0
    }

    /// Moves bytes while both sides let it, and tells `moved` how many each time.
    pub(crate) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        reader: &TcpStream,
        writer: &TcpStream,
        mut moved: impl FnMut(usize),
    ) -> Poll<io::Result<Spliced>> {
        let mut turn = 0;
        loop {
            while self.filled > 0 {
                let count = ready!(write(cx, &self.read, writer, self.filled))?;
                self.filled -= count.min(self.filled);
                turn += count;
                moved(count);
            }
            if turn >= TURN_BYTES {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            match ready!(read(cx, reader, &self.write))? {
                0 => return Poll::Ready(Ok(Spliced::Ended)),
                count => self.filled = count,
            }
            if self.filled < FLOW_BYTES {
                let count = ready!(write(cx, &self.read, writer, self.filled))?;
                self.filled -= count.min(self.filled);
                moved(count);
                if self.filled == 0 {
                    return Poll::Ready(Ok(Spliced::Trickles));
                }
            }
        }
    }
}

fn read(cx: &mut Context<'_>, from: &TcpStream, to: &OwnedFd) -> Poll<io::Result<usize>> {
    let once = || Ok(splice(from, None, to, None, PIPE_BYTES, SpliceFlags::NONBLOCK | SpliceFlags::MOVE)?);
    loop {
        match from.try_io(Interest::READABLE, once) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => ready!(from.poll_read_ready(cx))?,
            result => return Poll::Ready(result),
        }
    }
}

fn write(cx: &mut Context<'_>, from: &OwnedFd, to: &TcpStream, count: usize) -> Poll<io::Result<usize>> {
    let once = || Ok(splice(from, None, to, None, count, SpliceFlags::NONBLOCK | SpliceFlags::MOVE)?);
    loop {
        match to.try_io(Interest::WRITABLE, once) {
            Ok(0) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => ready!(to.poll_write_ready(cx))?,
            result => return Poll::Ready(result),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_counts_until_it_is_closed_whoever_has_it_and_whatever_is_in_it() {
        let pipes = Pipes::default();
        let mut taken: Vec<Pipe> = std::iter::from_fn(|| pipes.take()).collect();
        assert_eq!((taken.len(), pipes.count.get()), (PIPES, PIPES));
        drop(taken.pop());
        let Some(mut full) = taken.pop() else { unreachable!("there are {PIPES}") };
        full.filled = 1;
        pipes.put(full);
        assert_eq!(pipes.count.get(), PIPES - 2);
        taken.into_iter().for_each(|pipe| pipes.put(pipe));
        assert_eq!((pipes.count.get(), pipes.free.borrow().len()), (PIPES - 2, PIPES - 2));
        let again: Vec<Pipe> = std::iter::from_fn(|| pipes.take()).collect();
        assert_eq!(again.len(), PIPES, "those that were lost are made up for");
    }
}
