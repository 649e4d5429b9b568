SELECT 'order','x','y' WHERE false
