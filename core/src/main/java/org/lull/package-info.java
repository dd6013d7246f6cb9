/** The way in: a {@link org.lull.Model} is loaded, classifies, and is saved. Stands on all other packages but {@code continual}. */
package org.lull;
