// models/tensor/ops.h - all operations that a program calls, by family.
#pragma once

#include "models/tensor/operand.h"
#include "models/tensor/ops/activation.h"
#include "models/tensor/ops/convolution.h"
#include "models/tensor/ops/fourier.h"
#include "models/tensor/ops/index.h"
#include "models/tensor/ops/linear_algebra.h"
#include "models/tensor/ops/loss.h"
#include "models/tensor/ops/movement.h"
#include "models/tensor/ops/normalization.h"
#include "models/tensor/ops/pointwise.h"
#include "models/tensor/ops/random.h"
#include "models/tensor/ops/reduction.h"
#include "models/tensor/ops/scan.h"
#include "models/tensor/ops/sort.h"
#include "models/tensor/ops/special.h"
