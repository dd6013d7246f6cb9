// SPDX-License-Identifier: Apache-2.0
/** Models as C for microcontrollers; docs/device.md. */
package org.lull.device;
