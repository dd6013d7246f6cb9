// SPDX-License-Identifier: Apache-2.0
/** Models as ONNX files. */
package org.lull.exchange.onnx;
