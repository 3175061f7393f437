//! Ready contracts.
