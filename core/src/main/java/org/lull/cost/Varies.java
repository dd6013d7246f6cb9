// SPDX-License-Identifier: Apache-2.0
package org.lull.cost;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a figure that may differ between two runs of the same seed. All other figures that are written are the same.
 * docs/reproducibility.md lists the marked figures, and a test checks the list.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Varies {
  /** Why it may differ. */
  String value();
}
