# expect: zero_pad = right; conv_single_step = note:returns_float; conv_forward = right; conv_backward = right; pool_forward = right; create_mask_from_window = right; distribute_value = right; pool_backward = right
import numpy, math

def zero_pad(theImages, howMuch):
    result = []
    exampleNumber = 0
    while exampleNumber < len(theImages):
        oneImage = theImages[exampleNumber]
        padded = numpy.zeros((oneImage.shape[0] + howMuch + howMuch, oneImage.shape[1] + howMuch + howMuch, oneImage.shape[2]))
        row = 0
        while row < oneImage.shape[0]:
            column = 0
            while column < oneImage.shape[1]:
                padded[row + howMuch][column + howMuch] = oneImage[row][column]
                column += 1
            row += 1
        result.append(padded)
        exampleNumber += 1
    return numpy.array(result)

def conv_single_step(theSlice, theFilter, theBias):
    total = 0.0
    r = 0
    while r < theSlice.shape[0]:
        s = 0
        while s < theSlice.shape[1]:
            t = 0
            while t < theSlice.shape[2]:
                total += float(theSlice[r, s, t]) * float(theFilter[r, s, t])
                t = t + 1
            s = s + 1
        r = r + 1
    return total + float(numpy.squeeze(theBias))

def outputLength(inputLength, filterLength, padding, step):
    return math.floor((inputLength - filterLength + 2 * padding) / step) + 1

def conv_forward(previous, filters, biases, settings):
    step = settings["stride"]; padding = settings["pad"]
    size = filters.shape[0]
    outH = outputLength(previous.shape[1], size, padding, step)
    outW = outputLength(previous.shape[2], size, padding, step)
    padded = zero_pad(previous, padding)
    answer = numpy.zeros((previous.shape[0], outH, outW, filters.shape[3]))
    k = 0
    while k < filters.shape[3]:
        y = 0; top = 0
        while y < outH:
            x = 0; left = 0
            while x < outW:
                n = 0
                while n < previous.shape[0]:
                    answer[n, y, x, k] = conv_single_step(padded[n, top:top + size, left:left + size, :], filters[:, :, :, k], biases[:, :, :, k])
                    n += 1
                x += 1; left += step
            y += 1; top += step
        k += 1
    return answer, (previous, filters, biases, settings)

def conv_backward(gradient, memory):
    previous, filters, biases, settings = memory
    step, padding, size = settings["stride"], settings["pad"], filters.shape[0]
    padded = zero_pad(previous, padding)
    gPadded = numpy.zeros(padded.shape)
    gFilters = numpy.zeros(filters.shape)
    gBiases = numpy.zeros((1, 1, 1, filters.shape[3]))
    k = filters.shape[3] - 1
    while k >= 0:
        n = gradient.shape[0] - 1
        while n >= 0:
            y = gradient.shape[1] - 1
            while y >= 0:
                x = gradient.shape[2] - 1
                while x >= 0:
                    g = gradient[n, y, x, k]
                    r = 0
                    while r < size:
                        s = 0
                        while s < size:
                            gFilters[r, s, :, k] += padded[n, y * step + r, x * step + s, :] * g
                            gPadded[n, y * step + r, x * step + s, :] += filters[r, s, :, k] * g
                            s += 1
                        r += 1
                    gBiases[0, 0, 0, k] += g
                    x -= 1
                y -= 1
            n -= 1
        k -= 1
    gPrevious = numpy.zeros(previous.shape)
    n = 0
    while n < previous.shape[0]:
        gPrevious[n] = gPadded[n][padding:padding + previous.shape[1], padding:padding + previous.shape[2]]
        n += 1
    return gPrevious, gFilters, gBiases

def pool_forward(previous, settings, mode = "max"):
    size, step = settings["f"], settings["stride"]
    outH = outputLength(previous.shape[1], size, 0, step)
    outW = outputLength(previous.shape[2], size, 0, step)
    answer = numpy.zeros((previous.shape[0], outH, outW, previous.shape[3]))
    n = 0
    while True:
        if n == previous.shape[0]:
            break
        for y in range(outH):
            for x in range(outW):
                for c in range(previous.shape[3]):
                    numbers = []
                    for r in range(size):
                        for s in range(size):
                            numbers.append(previous[n][y * step + r][x * step + s][c])
                    if mode == "max":
                        answer[n][y][x][c] = max(numbers)
                    if mode == "average":
                        answer[n][y][x][c] = sum(numbers) / len(numbers)
        n += 1
    return answer, (previous, settings)

def create_mask_from_window(window):
    biggest = window[0][0]
    for line in window:
        for number in line:
            if number > biggest:
                biggest = number
    return numpy.array([[number == biggest for number in line] for line in window])

def distribute_value(value, shape):
    return numpy.array([[value / (shape[0] * shape[1])] * shape[1]] * shape[0])

def pool_backward(gradient, memory, mode = "max"):
    previous, settings = memory
    size, step = settings["f"], settings["stride"]
    answer = numpy.zeros(previous.shape)
    n = -1
    while n + 1 < gradient.shape[0]:
        n += 1
        y = -1
        while y + 1 < gradient.shape[1]:
            y += 1
            x = -1
            while x + 1 < gradient.shape[2]:
                x += 1
                c = -1
                while c + 1 < gradient.shape[3]:
                    c += 1
                    rows = slice(y * step, y * step + size)
                    cols = slice(x * step, x * step + size)
                    g = gradient[n, y, x, c]
                    if mode == "max":
                        part = numpy.where(create_mask_from_window(previous[n, rows, cols, c]), g, 0)
                    else:
                        part = distribute_value(g, (size, size))
                    answer[n, rows, cols, c] = answer[n, rows, cols, c] + part
    return answer
