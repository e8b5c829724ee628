//! A mutex that does not pass on another thread's panic: the simulator's state is counters and lists
//! that stay readable, and a test wants to see the first panic, not its echoes.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// `std`'s mutex without poisoning.
#[derive(Debug, Default)]
pub struct Lock<T>(Mutex<T>);

impl<T> Lock<T> {
    pub const fn new(value: T) -> Lock<T> {
        Lock(Mutex::new(value))
    }
    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `std`'s read-write lock without poisoning.
#[derive(Debug, Default)]
pub struct Shared<T>(std::sync::RwLock<T>);

impl<T> Shared<T> {
    pub const fn new(value: T) -> Shared<T> {
        Shared(std::sync::RwLock::new(value))
    }
    pub fn read(&self) -> std::sync::RwLockReadGuard<'_, T> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
    pub fn write(&self) -> std::sync::RwLockWriteGuard<'_, T> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs something long without holding up the other work of this thread, where the runtime allows it.
pub fn aside<T>(work: impl FnOnce() -> T) -> T {
    use tokio::runtime::{Handle, RuntimeFlavor};
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}
