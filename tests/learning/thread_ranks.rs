//! Threads that share a set of images as MPI ranks do.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use nmf_images::communicator::Communicator;

/// One of them.
pub struct Member {
    rank: usize,
    to: Vec<Mutex<Sender<Vec<u8>>>>,
    from: Vec<Mutex<Receiver<Vec<u8>>>>,
}

impl Communicator for Member {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.to.len()
    }

    fn send(&self, to: usize, bytes: &[u8]) {
        self.to[to].lock().unwrap().send(bytes.to_vec()).unwrap();
    }

    fn receive(&self, from: usize, bytes: &mut [u8]) {
        bytes.copy_from_slice(&self.from[from].lock().unwrap().recv().unwrap());
    }

    fn broadcast(&self, from: usize, bytes: &mut [u8]) {
        if self.rank == from {
            (0..self.size())
                .filter(|&to| to != from)
                .for_each(|to| self.send(to, bytes));
        } else {
            self.receive(from, bytes);
        }
    }

    fn exchange(&self, to: &[Vec<u8>]) -> Vec<Vec<u8>> {
        to.iter()
            .enumerate()
            .for_each(|(rank, bytes)| self.send(rank, bytes));
        self.from
            .iter()
            .map(|from| from.lock().unwrap().recv().unwrap())
            .collect()
    }
}

/// What `work` gives on each of `size` threads, in their order.
pub fn with_ranks<R: Send>(size: usize, work: impl Fn(&Member) -> R + Sync) -> Vec<R> {
    let mut members: Vec<Member> = (0..size)
        .map(|rank| Member {
            rank,
            to: Vec::new(),
            from: Vec::new(),
        })
        .collect();
    for from in 0..size {
        for to in 0..size {
            let (sender, receiver) = channel();
            members[from].to.push(Mutex::new(sender));
            members[to].from.push(Mutex::new(receiver));
        }
    }
    thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = members
            .iter()
            .map(|member| scope.spawn(move || work(member)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    })
}
