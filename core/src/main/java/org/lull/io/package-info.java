// SPDX-License-Identifier: Apache-2.0
/**
 * Files: models and tensors in safetensors form, logs of records, and what keeps a file whole when a process or machine fails. Uses all
 * that a network is made of, and no training.
 */
package org.lull.io;
