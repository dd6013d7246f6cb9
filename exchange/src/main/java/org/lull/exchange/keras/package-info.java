// SPDX-License-Identifier: Apache-2.0
/** Models of Keras: .keras archives and HDF5 files. */
package org.lull.exchange.keras;
