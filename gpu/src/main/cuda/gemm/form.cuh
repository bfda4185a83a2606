// Which operands of a product are stored transposed: dev.lockstep.backend.ProductForm.
#pragma once

enum class Form {
  AB,   // A[m][k] B[k][n]
  ABT,  // A[m][k] B[n][k]
  ATB   // A[k][m] B[k][n]
};

// Whether neighbours in memory are neighbours along k, or along the rows (of A) and columns (of B) of C.
template <Form FORM>
constexpr bool A_RUNS_ALONG_K = FORM != Form::ATB;
template <Form FORM>
constexpr bool B_RUNS_ALONG_K = FORM == Form::ABT;
