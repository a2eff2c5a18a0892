# expect: zero_pad = right; conv_single_step = right; conv_forward = right; pool_forward = right; conv_backward = right; create_mask_from_window = right; distribute_value = right; pool_backward = right
# -*- coding: utf-8 -*-
"""第一周作业：卷积神经网络的底层搭建"""
import numpy as np
# import matplotlib.pyplot as plt

np.random.seed(1)      # 指定随机种子


def zero_pad(X, pad):
    """
    把数据集X的图像边界全部使用0来扩充pad个宽度和高度。

    参数：
        X - 图像数据集，维度为（样本数，图像高度，图像宽度，图像通道数）
        pad - 整数，每个图像在垂直和水平维度上的填充量
    返回：
        X_paded - 扩充后的图像数据集
    """
    X_paded = np.pad(X, (
        (0, 0),       # 样本数，不填充
        (pad, pad),   # 图像高度，上面填充pad个，下面填充pad个
        (pad, pad),   # 图像宽度，左边填充pad个，右边填充pad个
        (0, 0)),      # 通道数，不填充
        'constant', constant_values=0)
    return X_paded


def conv_single_step(a_slice_prev, W, b):
    """在前一层的激活输出的一个片段上应用一个由参数W定义的过滤器。"""
    # s = np.multiply(a_slice_prev, W) + b   错误：偏置只加一次
    s = np.multiply(a_slice_prev, W)
    Z = np.sum(s) + np.asarray(b).reshape(-1)[0]
    return Z


def conv_forward(A_prev, W, b, hparameters):
    # 获取来自上一层数据的基本信息
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    # 获取权重矩阵的基本信息
    (f, f, n_C_prev, n_C) = W.shape
    # 获取超参数hparameters的值
    stride = hparameters["stride"]
    pad = hparameters["pad"]
    # 计算卷积后的图像的宽度高度，使用int()来进行板除
    n_H = int((n_H_prev - f + 2 * pad) / stride) + 1
    n_W = int((n_W_prev - f + 2 * pad) / stride) + 1
    # 使用0来初始化卷积输出Z
    输出 = np.zeros((m, n_H, n_W, n_C))
    # 通过A_prev创建填充过了的A_prev_pad
    A_prev_pad = zero_pad(A_prev, pad)
    for i in range(m):                              # 遍历样本
        a_prev_pad = A_prev_pad[i]                  # 选择第i个样本的扩充后的激活矩阵
        for h in range(n_H):                        # 在输出的垂直轴上循环
            for w in range(n_W):                    # 在输出的水平轴上循环
                for c in range(n_C):                # 循环遍历输出的通道
                    # 定位当前的切片位置
                    上, 左 = h * stride, w * stride
                    下, 右 = 上 + f, 左 + f
                    a_slice_prev = a_prev_pad[上:下, 左:右, :]
                    # 执行单步卷积
                    输出[i, h, w, c] = conv_single_step(a_slice_prev, W[:, :, :, c], b[0, 0, 0, c])
    # 数据处理完毕，验证数据格式是否正确
    assert 输出.shape == (m, n_H, n_W, n_C), "形状不对！"
    # 存储一些缓存值，以便于反向传播使用
    cache = (A_prev, W, b, hparameters)
    return (输出, cache)


def pool_forward(A_prev, hparameters, mode="max"):
    """实现池化层的前向传播。mode - 模式选择【"max" | "average"】"""
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    f = hparameters["f"]
    stride = hparameters["stride"]
    n_H = int((n_H_prev - f) / stride) + 1
    n_W = int((n_W_prev - f) / stride) + 1
    n_C = n_C_prev
    A = np.zeros((m, n_H, n_W, n_C))
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    vert_start = h * stride
                    vert_end = vert_start + f
                    horiz_start = w * stride
                    horiz_end = horiz_start + f
                    a_slice_prev = A_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]
                    if mode == "max":         # 最大值池化
                        A[i, h, w, c] = np.max(a_slice_prev)
                    elif mode == "average":   # 均值池化
                        A[i, h, w, c] = np.mean(a_slice_prev)
    cache = (A_prev, hparameters)
    return A, cache


def conv_backward(dZ, cache):
    (A_prev, W, b, hparameters) = cache
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (m, n_H, n_W, n_C) = dZ.shape
    (f, f, n_C_prev, n_C) = W.shape
    pad = hparameters["pad"]
    stride = hparameters["stride"]
    dA_prev = np.zeros((m, n_H_prev, n_W_prev, n_C_prev))
    dW = np.zeros((f, f, n_C_prev, n_C))
    db = np.zeros((1, 1, 1, n_C))
    A_prev_pad = zero_pad(A_prev, pad)
    dA_prev_pad = zero_pad(dA_prev, pad)
    for i in range(m):
        a_prev_pad = A_prev_pad[i]
        da_prev_pad = dA_prev_pad[i]
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    vert_start = h * stride
                    vert_end = vert_start + f
                    horiz_start = w * stride
                    horiz_end = horiz_start + f
                    a_slice = a_prev_pad[vert_start:vert_end, horiz_start:horiz_end, :]
                    # 使用上面的公式计算梯度
                    da_prev_pad[vert_start:vert_end, horiz_start:horiz_end, :] += W[:, :, :, c] * dZ[i, h, w, c]
                    dW[:, :, :, c] += a_slice * dZ[i, h, w, c]
                    db[:, :, :, c] += dZ[i, h, w, c]
        # pad 为 0 的时候不能写 pad:-pad
        dA_prev[i, :, :, :] = da_prev_pad[pad:pad + n_H_prev, pad:pad + n_W_prev, :]
    return (dA_prev, dW, db)


def create_mask_from_window(x):
    """从输入矩阵中创建掩码，以保存最大值的矩阵的位置。"""
    mask = x == np.max(x)
    return mask


def distribute_value(dz, shape):
    (n_H, n_W) = shape
    average = dz / (n_H * n_W)   # 平均值
    a = np.ones(shape) * average
    return a


def pool_backward(dA, cache, mode="max"):
    (A_prev, hparaeters) = cache
    f, stride = hparaeters["f"], hparaeters["stride"]
    (m, n_H, n_W, n_C) = dA.shape
    dA_prev = np.zeros_like(A_prev)
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    r = slice(h * stride, h * stride + f)
                    l = slice(w * stride, w * stride + f)
                    if mode == "max":
                        dA_prev[i, r, l, c] += np.multiply(create_mask_from_window(A_prev[i][r, l, c]), dA[i, h, w, c])
                    elif mode == "average":
                        dA_prev[i, r, l, c] += distribute_value(dA[i, h, w, c], (f, f))
    return dA_prev


print("=========我是分割线=========")
x = np.random.randn(4, 3, 3, 2)
print("x.shape =", x.shape, "\tx_paded.shape =", zero_pad(x, 2).shape)
