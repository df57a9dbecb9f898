// models/tensor/ops.h - all operations that a program calls, by family.
#pragma once

#include "models/tensor/operand.h"
#include "models/tensor/ops/convolution.h"
#include "models/tensor/ops/fourier.h"
#include "models/tensor/ops/index.h"
#include "models/tensor/ops/linear_algebra.h"
#include "models/tensor/ops/movement.h"
#include "models/tensor/ops/pointwise.h"
#include "models/tensor/ops/pool.h"
#include "models/tensor/ops/random.h"
#include "models/tensor/ops/reduction.h"
#include "models/tensor/ops/resize.h"
#include "models/tensor/ops/scan.h"
#include "models/tensor/ops/sort.h"
