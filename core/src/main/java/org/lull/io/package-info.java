// SPDX-License-Identifier: Apache-2.0
/**
 * Files: tensors in safetensors form, logs of records, and atomic writes that survive the crash of a process or machine. This package uses
 * the packages of the network, but not those of training.
 */
package org.lull.io;
