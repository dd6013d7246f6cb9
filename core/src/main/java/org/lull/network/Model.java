package org.lull.network;

import java.util.List;

/**
 * A network with all that is needed to use it on raw features.
 *
 * @param mode how it was trained and is meant to run
 * @param labels class names
 * @param features the front end's settings, JSON, or "" where the input is used as it comes
 */
public record Model(Network network, Mode mode, Normalisation normalisation, List<String> labels, String features, Provenance provenance) {}
