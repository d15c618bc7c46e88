"""Other readings of the same products: tangents, weights, Jacobians, and second derivatives.

    x    a leaf, or all leaves together, N numbers     y    the output, M numbers
    J    ∂y/∂x [M, N]                                  t    a direction, shaped like x
    w    a weight of the output, shaped like y         H    ∂²y/∂x² of a number y [N, N]

    jvp   J t      the tangent of the output           one pass with the values, left to right
    vjp   Jᵀ w     the gradient of Σ w · y             one pass, right to left
    hvp   H t      the gradient's tangent              a tangent pass over the gradient's own graph

Source: Griewank and Walther, Evaluating Derivatives (2008), sections 3.1, 3.2 and 5.1.
"""
