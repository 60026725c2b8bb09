//! Extensions: each is off unless the configuration switches it on, and a build need not have it.
//!
//! What is switched on is a value of the extension's type, and everything that is there for the extension alone holds one or needs one. In a build without
//! the cargo feature that type has no values: nothing can have one, so the compiler leaves all of it out, and no `cfg` stands anywhere else.

use super::{error::Finding, json::Object};
use std::fmt;

/// One of the extensions.
pub(crate) trait Extension: Copy {
    /// The cargo feature that it is built with.
    const FEATURE: &'static str;

    /// What switches it on, if this build has it.
    const BUILT: Option<Self>;
}

macro_rules! extensions {
    ($($(#[$about:meta])* $name:ident $feature:literal)*) => {
        /// All extensions, by the cargo features that they are built with.
        pub const NAMES: &[&str] = &[$($feature),*];
        $(extension! { $(#[$about])* $name $feature })*
    };
}

macro_rules! extension {
    ($(#[$about:meta])* $name:ident $feature:literal) => {
        $(#[$about])*
        #[cfg(feature = $feature)]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(());

        $(#[$about])*
        #[cfg(not(feature = $feature))]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {}

        impl Extension for $name {
            const FEATURE: &'static str = $feature;
            #[cfg(feature = $feature)]
            const BUILT: Option<Self> = Some(Self(()));
            #[cfg(not(feature = $feature))]
            const BUILT: Option<Self> = None;
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($feature)
            }
        }
    };
}

extensions! {
    /// Tokens that are bound to a key ([RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)).
    Dpop "dpop"
    /// Pushed authorization requests ([RFC 9126](https://www.rfc-editor.org/rfc/rfc9126)).
    Par "par"
    /// Tokens for more than one resource ([RFC 8707](https://www.rfc-editor.org/rfc/rfc8707)).
    Resources "resources"
    /// Revocation of tokens at a sign-out ([RFC 7009](https://www.rfc-editor.org/rfc/rfc7009)).
    Revocation "revocation"
    /// APIs that want a stronger or a newer sign-in ([RFC 9470](https://www.rfc-editor.org/rfc/rfc9470)).
    StepUp "step-up"
    /// The userinfo endpoint ([OpenID Connect Core §5.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo)).
    UserInfo "user-info"
}

/// What switches on the extension that this field asks for.
///
/// # Errors
/// This build does not have it.
pub(crate) fn for_field<E: Extension>(field: &'static str) -> Result<E, Finding> {
    E::BUILT.ok_or_else(|| {
        Finding::invalid(field, ["needs a build with the cargo feature \"", E::FEATURE, "\"; build anew for this configuration"].concat())
    })
}

/// Reads a field that switches an extension on by `true`.
pub(crate) fn switch<E: Extension>(object: &Object, field: &'static str) -> Result<Option<E>, Finding> {
    match object.optional_bool(field)? {
        Some(true) => for_field(field).map(Some),
        Some(false) | None => Ok(None),
    }
}
