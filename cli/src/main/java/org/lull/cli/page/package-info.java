// SPDX-License-Identifier: Apache-2.0
/** Reports as one HTML file each, which a browser shows without a network. */
package org.lull.cli.page;
