// SPDX-License-Identifier: Apache-2.0
/** The service of lull serve: requests over HTTP, to a model that goes on learning. */
package org.lull.cli.serve;
