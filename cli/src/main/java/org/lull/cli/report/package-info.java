/** What users see: tables, pictures, progress. */
package org.lull.cli.report;
