// SPDX-License-Identifier: Apache-2.0
package org.lull.cost;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A figure that may differ between two runs of the same seed. Everything else that is written is the same; docs/reproducibility.md lists
 * what has this annotation, and a test holds both to it.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Varies {
  /** Why. */
  String value();
}
