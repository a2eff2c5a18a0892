# expect: zero_pad = right; conv_single_step = right; create_mask_from_window = right; distribute_value = right
# -*- coding: latin-1 -*-
# Übung 4: Größe der Ausgabe, für Anfänger - Lösung von Jörg Müßig
import numpy as np

# Randstärke überall gleich

def zero_pad(X, pad):
    """Füllt jeden Rand mit Nullen; «Höhe» und «Breite» wachsen um 2·pad."""
    größe = list(X.shape)
    größe[1] += 2 * pad
    größe[2] += 2 * pad
    ergebnis = np.zeros(größe)
    for i in range(X.shape[0]):
        for j in range(X.shape[3]):
            ergebnis[i, pad:pad + X.shape[1], pad:pad + X.shape[2], j] = X[i, :, :, j]
    return ergebnis

def conv_single_step(a_slice_prev, W, b):
    # Skalarprodukt zweier Würfel, dazu die Verschiebung
    würfel = a_slice_prev * W
    return würfel.sum() + np.array(b).item()

def create_mask_from_window(x):
    größtes = max([max(zeile) for zeile in x.tolist()])
    maske = np.zeros(x.shape, dtype=int)
    maske[x == größtes] = 1          # 0 und 1 statt False und True
    return maske

def distribute_value(dz, shape):
    return np.ones(shape) * (dz / float(shape[0] * shape[1]))

if __name__ == '__main__':
    print('für x = 3:', distribute_value(3, (2, 2)))
