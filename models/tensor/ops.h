// models/tensor/ops.h - all operations that a program calls, by family.
#pragma once

#include "models/tensor/operand.h"
#include "models/tensor/ops/convolution.h"
#include "models/tensor/ops/movement.h"
#include "models/tensor/ops/pointwise.h"
#include "models/tensor/ops/pool.h"
#include "models/tensor/ops/reduction.h"
#include "models/tensor/ops/resize.h"
