/** Single runs: a dense and a delta network on the same data, compared. */
package org.lull.experiments.run;
