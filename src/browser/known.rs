//! What the driver can say about the provider.

use super::driver::Driver;

impl Driver {
    /// Whether the provider says that it understands PKCE, as far as its metadata are known.
    #[must_use]
    pub fn pkce_advertised(&self) -> Option<bool> {
        self.shared.state.borrow().pkce_advertised(&self.shared.config)
    }
}
