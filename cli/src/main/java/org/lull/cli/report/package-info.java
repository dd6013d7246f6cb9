// SPDX-License-Identifier: Apache-2.0
/** What users see: tables, pictures, progress. */
package org.lull.cli.report;
