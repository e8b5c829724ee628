//! Permissions as types.

use engine::access::Permission;

/// A type that stands for a permission.
pub trait Can: Send + Sync + 'static {
    /// Which.
    const PERMISSION: Permission;
}

macro_rules! permissions {
    ($($name:ident),+) => {
        /// One type per permission, for `Require<can::X>`.
        pub mod can {
            $(
                #[doc = concat!("See [`engine::access::Permission::", stringify!($name), "`].")]
                pub struct $name;
                impl super::Can for $name {
                    const PERMISSION: super::Permission = super::Permission::$name;
                }
            )+
        }
    };
}
permissions!(Read, Talk, EditContacts, SendEvents, StopChannel, Import, Export, Define, SendBroadcast, Settings, Staff);
